package io.mempair.proxy.reply;

import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.ByteSink;
import io.mempair.proxy.loop.MemoryAccount;
import io.mempair.proxy.loop.MemoryUse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * The place of one answer in the order of a client's requests. Bytes given to the oldest slot go straight
 * to the client's output; those of a later one are kept until its turn. Nothing here throws what befalls this client alone:
 * it loses its connection, and whoever answers goes on with the others. Confined to the client's loop.
 */
public final class ReplySlot implements ByteSink {

    private final ReplyQueue queue;
    private final boolean noreply;
    private final int parts;
    private long bytes;
    private @Nullable ByteRanges held;
    private @Nullable Runnable whenDiscarded;
    private boolean complete;
    private boolean begun;
    private boolean settled;

    /** The next younger slot of the same client. */
    @Nullable
    ReplySlot next;

    ReplySlot(ReplyQueue queue, boolean noreply, int parts) {
        this.queue = queue;
        this.parts = parts;
        this.noreply = noreply;
    }

    /** A piece of the answer, from a buffer that stays the caller's. */
    @Override
    public void bytes(ByteBuf source, int index, int length) {
        if (isDeaf()) {
            return;
        }
        begun = true;
        bytes += length;
        try {
            if (queue.isOldest(this)) {
                queue.output().bytes(source, index, length);
            } else {
                hold(source, index, length);
            }
        } catch (RuntimeException | Error defect) {
            queue.broken(defect);
        }
    }

    /** Whether nobody reads what is said here, or all has been said. */
    private boolean isDeaf() {
        return noreply || complete || queue.closed();
    }

    /** A piece of the answer that is one of our own lines. */
    public void bytes(byte[] line) {
        if (isDeaf()) {
            return;
        }
        begun = true;
        try {
            if (queue.isOldest(this)) {
                queue.output().bytes(line);
            } else {
                ByteBuf wrapped = Unpooled.wrappedBuffer(line);
                hold(wrapped, 0, line.length);
                wrapped.release();
            }
        } catch (RuntimeException | Error defect) {
            queue.broken(defect);
        }
    }

    private void hold(ByteBuf source, int index, int length) {
        ByteRanges ranges = held;
        if (ranges == null) {
            ranges = new ByteRanges(queue.account(), MemoryUse.KEPT_ANSWERS);
            held = ranges;
            queue.holds();
        }
        if (length < source.capacity() / 2) {
            ByteBuf tail = queue.tail(source.alloc(), length);
            int at = tail.writerIndex();
            tail.writeBytes(source, index, length);
            ranges.add(tail, at, length, length);
        } else {
            ranges.add(source, index, length);
        }
    }

    /** Whether anybody is to get the answer. */
    public boolean isWanted() {
        return !noreply && !queue.closed();
    }

    /** Charged with what is kept for this answer. */
    public MemoryAccount account() {
        return queue.account();
    }

    /** Has {@code forget} run if the client goes away before the answer is whole: what is kept for it is of no use then. */
    public void whenDiscarded(Runnable forget) {
        whenDiscarded = forget;
    }

    /** The answer is whole. */
    public void complete() {
        complete = true;
        settle();
        if (queue.isOldest(this)) {
            queue.advance();
        }
    }

    /** Nothing more comes, whatever came. */
    private void settle() {
        if (!settled) {
            settled = true;
            queue.answered(parts, bytes);
        }
    }

    /** The last piece of the answer. */
    public void completeWith(byte[] line) {
        bytes(line);
        complete();
    }

    /** The last piece of the answer. */
    public void completeWith(ByteBuf source, int index, int length) {
        bytes(source, index, length);
        complete();
    }

    /**
     * There is no answer. If a part of it is already on its way nothing can follow that would be understood, so
     * the client is closed; else {@code line} is the answer.
     */
    public void fail(byte[] line) {
        if (begun && !complete) {
            settle();
            queue.abandon();
        } else {
            completeWith(line);
        }
    }

    boolean isComplete() {
        return complete;
    }

    /** Moves what was kept to the client's output: this slot has become the oldest. */
    void releaseHeldTo(ReplyQueue destination) {
        ByteRanges ranges = held;
        if (ranges != null) {
            held = null;
            try {
                ranges.copyTo(destination.output());
            } finally {
                ranges.release();
                destination.holdsNoMore();
            }
        }
    }

    /** Forgets what was kept: the client is gone. */
    void discard() {
        if (held != null) {
            held.release();
            held = null;
        }
        if (whenDiscarded != null) {
            whenDiscarded.run();
        }
    }
}
