package io.mempair.proxy.reply;

import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.inspect.LoopInspector;
import io.mempair.proxy.inspect.RequestTrace;
import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.ByteSink;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.loop.MemoryAccount;
import io.mempair.proxy.loop.MemoryUse;
import io.mempair.proxy.metrics.TimedCommand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * The slot of one reply in a client's request order. Bytes for the oldest slot go directly to the client's output; a
 * later slot holds them until it is the oldest. A failure that affects this client alone closes its connection and
 * throws nothing, so the caller can serve other clients. Confined to the client's loop.
 */
public final class ReplySlot implements ByteSink {

    private final ReplyQueue queue;
    private final int parts;
    private boolean noreply;
    private boolean reusable;
    private @Nullable ServerRequest request;
    private long bytes;
    private @Nullable ByteRanges held;
    private @Nullable Runnable whenDiscarded;
    private @Nullable TimedCommand timedAs;
    private @Nullable RequestTrace trace;
    private long askedNanos;
    private boolean complete;
    private boolean begun;
    private boolean settled;

    /** The next slot of the same client. */
    @Nullable
    ReplySlot next;

    ReplySlot(ReplyQueue queue, boolean noreply, int parts) {
        this.queue = queue;
        this.parts = parts;
        this.noreply = noreply;
    }

    /** Begins the next reply in a slot whose last one has left, or that is new. */
    void reopen(boolean withoutReply) {
        noreply = withoutReply;
        reusable = true;
        bytes = 0;
        timedAs = null;
        trace = null;
        complete = false;
        begun = false;
        settled = false;
        next = null;
    }

    /** Whether it may serve for a later reply of the same client when it has left. */
    boolean isReusable() {
        return reusable;
    }

    /** Number of parts, as the queue counts them. */
    int parts() {
        return parts;
    }

    /** The request that was answered by this slot before, for use with this one; or null. */
    public @Nullable ServerRequest request() {
        return request;
    }

    /** Keeps a request for later replies. It must not touch the slot after it has completed the reply. */
    public void keep(ServerRequest forLater) {
        request = forLater;
    }

    /**
     * Counts the time from {@code loop}'s turn now until the reply leaves for the client, as one of {@code command}. Without it
     * a reply is not timed, for example a part of one.
     */
    public ReplySlot timedAs(TimedCommand command, LoopContext loop) {
        return timedAs(command, loop.nowNanos());
    }

    /** As {@link #timedAs(TimedCommand, LoopContext)} of a request with this key, which operators may look at. */
    public ReplySlot timedAs(TimedCommand command, LoopContext loop, byte[] bytes, int keyOffset, int keyLength) {
        long nowNanos = loop.nowNanos();
        LoopInspector inspector = loop.inspector();
        if (inspector != null) {
            trace = inspector.taken(command, bytes, keyOffset, keyLength, nowNanos);
        }
        return timedAs(command, nowNanos);
    }

    /** The trace of a request that was taken before this slot was opened. */
    public ReplySlot traced(@Nullable RequestTrace taken) {
        trace = taken;
        return this;
    }

    /** As {@link #timedAs(TimedCommand, LoopContext)} for a request taken at {@code atNanos}, on the clock of the loop. */
    public ReplySlot timedAs(TimedCommand command, long atNanos) {
        timedAs = command;
        askedNanos = atNanos;
        return this;
    }

    /** The complete reply left for the client. */
    void left(LoopContext loop) {
        if (timedAs != null) {
            long latencyNanos = loop.nowNanos() - askedNanos;
            loop.requestLatencies().count(timedAs, latencyNanos);
            loop.answered(latencyNanos);
        }
        RequestTrace ended = trace;
        if (ended != null) {
            trace = null;
            LoopInspector inspector = loop.inspector();
            if (inspector != null) {
                inspector.left(ended, loop.nowNanos());
            }
        }
    }

    /** Adds a piece of the reply; the caller keeps ownership of the buffer. */
    @Override
    public void bytes(ByteBuf source, int index, int length) {
        if (isIgnored()) {
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

    /** Whether further bytes are ignored: the request has noreply, or the reply is complete. */
    private boolean isIgnored() {
        return noreply || complete || queue.closed();
    }

    /** Adds a line of the proxy to the reply. */
    public void bytes(byte[] line) {
        if (isIgnored()) {
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

    /** Whether the client gets the reply. */
    public boolean isWanted() {
        return !noreply && !queue.closed();
    }

    /** The account charged with the held bytes of this reply. */
    public MemoryAccount account() {
        return queue.account();
    }

    /**
     * Runs {@code forget} if the client disconnects before the reply is complete, so that held values can be released.
     */
    public void whenDiscarded(Runnable forget) {
        whenDiscarded = forget;
    }

    /** The reply is complete. */
    public void complete() {
        complete = true;
        settle();
        if (queue.isOldest(this)) {
            queue.advance();
        } else if (trace != null) {
            waitsForEarlier(trace);
        }
    }

    private void waitsForEarlier(RequestTrace traced) {
        LoopContext loop = queue.output().loop();
        LoopInspector inspector = loop.inspector();
        if (inspector != null) {
            inspector.completed(traced, loop.nowNanos());
        }
    }

    /** Ends the reply as it is. */
    private void settle() {
        if (!settled) {
            settled = true;
            queue.answered(parts, bytes);
        }
    }

    /** Adds the last piece of the reply. */
    public void completeWith(byte[] line) {
        bytes(line);
        complete();
    }

    /** Adds the last piece of the reply. */
    public void completeWith(ByteBuf source, int index, int length) {
        bytes(source, index, length);
        complete();
    }

    /**
     * The reply failed. If a part of it is already sent, the client is closed, because nothing valid can follow;
     * otherwise {@code line} is the reply.
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

    /** Moves the held bytes to the client's output: this slot is now the oldest. */
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

    /** Drops the held bytes: the client has disconnected. */
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
