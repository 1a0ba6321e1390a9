package io.mempair.proxy.reply;

import io.mempair.proxy.loop.MemoryAccount;
import io.mempair.proxy.loop.OutputBatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The replies a client waits for, oldest first. Servers reply in any order; the client reads the replies in request
 * order. Confined to the client's loop.
 */
public final class ReplyQueue {

    /** Receives the events of the queue. */
    public interface QueueListener {
        /** A reply left the queue. */
        void answered();

        /** A reply broke off in the middle: close the client without sending another byte. */
        void brokenOff();

        /** An exception while building a reply: the client must be closed, because no later reply can follow. */
        void broken(Throwable defect);
    }

    /** Estimated heap of one request: its slot, the request in flight, the line sent. */
    private static final int SLOT_HEAP_BYTES = 384;

    /** Bytes of the buffer for small replies. */
    private static final int TAIL_BYTES = 4_096;

    private final OutputBatch output;
    private final MemoryAccount account;
    private final AnswerWindow window;
    private final QueueListener listener;

    /** The rest of a request that did not find enough room; {@link #goOn} resumes it. */
    private @Nullable Runnable unfinished;

    private int unfinishedHeapBytes;

    /** Buffer that small held replies are copied to; otherwise each would retain a large buffer for a few bytes. */
    private @Nullable ByteBuf tail;

    /** A slot that has left, for the next reply: most clients have one request in flight, and need no other. */
    private @Nullable ReplySlot spare;

    /** The same for one-line replies. */
    private @Nullable ReplySlot spareLine;

    private @Nullable ReplySlot oldest;
    private @Nullable ReplySlot youngest;
    private int size;
    private int holding;
    private boolean closed;

    /**
     * @param output    receives the replies
     * @param account   charged with the held replies
     * @param listener  the client
     */
    public ReplyQueue(OutputBatch output, MemoryAccount account, QueueListener listener) {
        this.output = output;
        this.account = account;
        this.window = new AnswerWindow(account.loop().expected());
        this.listener = listener;
    }

    /** Opens the slot of the next reply, which may be large. */
    public ReplySlot open(boolean noreply) {
        return open(noreply, 1);
    }

    /** Opens the slot of a one-line reply or a short list, which does not count against {@link #room}. */
    public ReplySlot openLine(boolean noreply) {
        return open(noreply, 0);
    }

    /** As {@link #open(boolean)}, for a reply of several parts. */
    public ReplySlot open(boolean noreply, int parts) {
        return append(new ReplySlot(this, noreply, parts));
    }

    /**
     * As {@link #open(boolean)} and {@link #openLine}, for a request to one server, which forgets the slot when it
     * completes the reply: the slot then serves for later replies of this client, and of no other.
     */
    public ReplySlot openReusable(boolean noreply, boolean line) {
        ReplySlot slot = line ? spareLine : spare;
        if (slot == null) {
            slot = new ReplySlot(this, noreply, line ? 0 : 1);
        } else if (line) {
            spareLine = null;
        } else {
            spare = null;
        }
        slot.reopen(noreply);
        return append(slot);
    }

    private ReplySlot append(ReplySlot slot) {
        int parts = slot.parts();
        if (parts > 0) {
            window.asked(parts);
        }
        account.addHeap(SLOT_HEAP_BYTES);
        if (youngest == null) {
            oldest = slot;
        } else {
            youngest.next = slot;
        }
        youngest = slot;
        size++;
        return slot;
    }

    /** Answers immediately, in order, with a line of the proxy. */
    public void answer(byte[] line, boolean noreply) {
        if (noreply || closed) {
            return;
        }
        if (oldest == null) {
            output.bytes(line);
        } else {
            openLine(false).completeWith(line);
        }
    }

    /** Replies, or parts of one, that may be requested now; at least one if none is outstanding. */
    public int room() {
        return window.room();
    }

    /** Whether there is any {@link #room}. */
    public boolean hasRoom() {
        return window.hasRoom();
    }

    /** Whether there is none because other clients expect much, and nothing of this client is outstanding. */
    public boolean mustWaitForOthers() {
        return window.mustWaitForOthers();
    }

    /** Runs {@code turn} when there is room again after {@link #mustWaitForOthers}. */
    public void awaitTurn(Runnable turn) {
        window.awaitTurn(turn);
    }

    /**
     * Runs {@code rest} whenever there may be {@link #room} again, until {@link #finished}.
     *
     * @param heap  bytes it occupies until then
     */
    public void unfinished(Runnable rest, int heap) {
        unfinished = rest;
        unfinishedHeapBytes = heap;
        account.addHeap(heap);
    }

    /** The unfinished request is fully sent. */
    public void finished() {
        unfinished = null;
        account.addHeap(-unfinishedHeapBytes);
        unfinishedHeapBytes = 0;
    }

    /** Whether a request is only partly sent; no other may follow it. */
    public boolean isUnfinished() {
        return unfinished != null;
    }

    /** Sends more of an unfinished request. */
    public void goOn() {
        Runnable rest = unfinished;
        if (rest != null && !closed) {
            rest.run();
        }
    }

    /** Whether every request is answered. */
    public boolean isIdle() {
        return size == 0 && unfinished == null;
    }

    /** A reply is complete. */
    void answered(int parts, long bytes) {
        account.addHeap(-SLOT_HEAP_BYTES);
        if (!closed && parts > 0) {
            window.answered(parts, bytes);
        }
    }

    /** Requests without a complete reply. */
    public int size() {
        return size;
    }

    public boolean closed() {
        return closed;
    }

    public OutputBatch output() {
        return output;
    }

    boolean isOldest(ReplySlot slot) {
        return slot == oldest;
    }

    /** The account charged with the memory this client occupies. */
    public MemoryAccount account() {
        return account;
    }

    /** A slot starts holding bytes. */
    void holds() {
        holding++;
    }

    /** A slot no longer holds bytes. */
    void holdsNoMore() {
        if (--holding == 0) {
            releaseTail();
        }
    }

    /** A buffer with room for {@code bytes}, for a slot that holds them. The queue owns it; the slot must retain it. */
    ByteBuf tail(ByteBufAllocator allocator, int bytes) {
        ByteBuf buffer = tail;
        if (buffer == null || buffer.writableBytes() < bytes) {
            releaseTail();
            buffer = allocator.directBuffer(Math.max(bytes, TAIL_BYTES));
            tail = buffer;
        }
        return buffer;
    }

    private void releaseTail() {
        ByteBuf buffer = tail;
        if (buffer != null) {
            tail = null;
            buffer.release();
        }
    }

    /** Sends every complete reply at the head, and the first part of the next one. */
    void advance() {
        try {
            ReplySlot slot = oldest;
            while (!closed && slot != null && slot.isComplete()) {
                slot.left(output.loop());
                oldest = slot.next;
                size--;
                keepSpare(slot);
                slot = oldest;
                if (slot == null) {
                    youngest = null;
                } else {
                    slot.releaseHeldTo(this);
                }
            }
            if (!closed) {
                listener.answered();
            }
        } catch (RuntimeException | Error defect) {
            broken(defect);
        }
    }

    private void keepSpare(ReplySlot left) {
        if (!left.isReusable()) {
            return;
        }
        if (left.parts() == 0) {
            spareLine = left;
        } else {
            spare = left;
        }
    }

    /** An exception affects this client alone, not the server or its other clients. */
    void broken(Throwable defect) {
        if (!closed) {
            listener.broken(defect);
        }
    }

    void abandon() {
        if (!closed) {
            listener.brokenOff();
        }
    }

    /** The client has disconnected: drops the outstanding replies. */
    public void close() {
        closed = true;
        for (ReplySlot slot = oldest; slot != null; slot = slot.next) {
            slot.discard();
        }
        releaseTail();
        window.close();
        finished();
        oldest = null;
        youngest = null;
        spare = null;
        spareLine = null;
        size = 0;
    }
}
