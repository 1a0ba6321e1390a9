package io.mempair.proxy.reply;

import io.mempair.proxy.loop.MemoryAccount;
import io.mempair.proxy.loop.OutputBatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The answers a client waits for, oldest first. Servers answer in any order; the client reads them in the order
 * it asked. Confined to the client's loop.
 */
public final class ReplyQueue {

    /** What the queue tells its client. */
    public interface QueueListener {
        /** An answer left the queue. */
        void answered();

        /** An answer broke off in the middle: close without another byte. */
        void brokenOff();

        /** A fault of ours befell an answer: the client cannot be told any other. */
        void broken(Throwable defect);
    }

    /** Heap of one request, by estimate: its place here, what waits for the server's answer, the line that was sent. */
    private static final int SLOT_HEAP_BYTES = 384;

    /** Bytes of a buffer for small answers. */
    private static final int TAIL_BYTES = 4_096;

    private final OutputBatch output;
    private final MemoryAccount account;
    private final AnswerWindow window;
    private final QueueListener listener;

    /** A request that was not carried out as a whole, for want of room: asked to go on by {@link #goOn}. */
    private @Nullable Runnable unfinished;

    private int unfinishedHeapBytes;

    /** Small answers that are kept, copied together: each would hold a large buffer for its few bytes. */
    private @Nullable ByteBuf tail;

    private @Nullable ReplySlot oldest;
    private @Nullable ReplySlot youngest;
    private int size;
    private int holding;
    private boolean closed;

    /**
     * @param output    where answers go
     * @param account   charged with answers that are kept
     * @param listener  the client
     */
    public ReplyQueue(OutputBatch output, MemoryAccount account, QueueListener listener) {
        this.output = output;
        this.account = account;
        this.window = new AnswerWindow(account.loop());
        this.listener = listener;
    }

    /** Opens the place of the next answer, which may be long. */
    public ReplySlot open(boolean noreply) {
        return open(noreply, 1);
    }

    /** Opens the place of an answer that is a line, or a short list: it is expected by nobody's {@link #room}. */
    public ReplySlot openLine(boolean noreply) {
        return open(noreply, 0);
    }

    /** As {@link #open(boolean)}, for an answer of so many parts. */
    public ReplySlot open(boolean noreply, int parts) {
        ReplySlot slot = new ReplySlot(this, noreply, parts);
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

    /** Answers at once, in order; {@code line} is one of our own. */
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

    /** So many answers, or parts of one, may be asked for now; at least one if none is outstanding. */
    public int room() {
        return window.room();
    }

    /** Whether there is any {@link #room}. */
    public boolean hasRoom() {
        return window.hasRoom();
    }

    /**
     * Has {@code rest} run when there may be {@link #room} again, as often as it takes, until {@link #finished}.
     *
     * @param heap  bytes that it takes until then
     */
    public void unfinished(Runnable rest, int heap) {
        unfinished = rest;
        unfinishedHeapBytes = heap;
        account.addHeap(heap);
    }

    /** All of the request is carried out. */
    public void finished() {
        unfinished = null;
        account.addHeap(-unfinishedHeapBytes);
        unfinishedHeapBytes = 0;
    }

    /** Whether a request was not carried out as a whole: none may follow it. */
    public boolean isUnfinished() {
        return unfinished != null;
    }

    /** Carries more of an unfinished request out. */
    public void goOn() {
        Runnable rest = unfinished;
        if (rest != null && !closed) {
            rest.run();
        }
    }

    /** Whether everything asked for is answered. */
    public boolean isIdle() {
        return size == 0 && unfinished == null;
    }

    /** An answer is whole. */
    void answered(int parts, long bytes) {
        account.addHeap(-SLOT_HEAP_BYTES);
        if (!closed && parts > 0) {
            window.answered(parts, bytes);
        }
    }

    /** Requests without a whole answer. */
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

    /** Charged with what this client makes the proxy keep. */
    public MemoryAccount account() {
        return account;
    }

    /** A slot begins to keep bytes. */
    void holds() {
        holding++;
    }

    /** A slot keeps nothing any more. */
    void holdsNoMore() {
        if (--holding == 0) {
            releaseTail();
        }
    }

    /** A buffer to append {@code bytes} to, for a slot that keeps them. It stays the queue's: retain it. */
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

    /** Lets every whole answer at the head go, and begins the one that is not whole. */
    void advance() {
        try {
            ReplySlot slot = oldest;
            while (!closed && slot != null && slot.isComplete()) {
                oldest = slot.next;
                size--;
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

    /** What was thrown concerns this client alone: not the server whose answer it was, and nobody else it answers. */
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

    /** The client is gone: answers still to come are dropped. */
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
        size = 0;
    }
}
