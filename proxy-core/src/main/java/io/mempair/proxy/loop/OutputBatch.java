package io.mempair.proxy.loop;

import io.mempair.proxy.metrics.ProxyMeter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The output of one connection in this turn. Small pieces are copied together, because copying a few hundred bytes
 * costs less than a slice, its reference count and an entry of a gathering write. Large pieces go out as slices of the
 * buffer they arrived in. The output of a turn leaves in one write.
 *
 * <p>Confined to the loop's thread. Belongs to one channel and ends with it.
 */
public final class OutputBatch implements ByteSink {

    /** Bytes; a piece of at least this size is forwarded without a copy. */
    private static final int SLICE_FROM_BYTES = 2_048;

    /** Bytes of the first buffer of a turn: a few small requests. */
    private static final int FIRST_TAIL_BYTES = 1_024;

    /** Bytes after which a tail is written to the channel and a new one starts. */
    private static final int MAX_TAIL_BYTES = 32_768;

    /** The same if each tail becomes a TLS record: together with the rest of another one it fits memcached's buffer. */
    private static final int MAX_RECORD_TAIL_BYTES = 4_096;

    /** Unsent bytes above which saving memory matters more than avoiding a copy. */
    private static final int CROWDED_BYTES = 65_536;

    /**
     * Most bytes a slice may pin, relative to its length, as a shift: while few bytes are unsent, and while many are.
     */
    private static final int PINNED_SHIFT = 3;

    private static final int CROWDED_PINNED_SHIFT = 1;

    /** Bytes that slices may pin beyond the unsent bytes; above {@link #CROWDED_BYTES} at most as much again. */
    private static final int MAX_PINNED_BYTES = CROWDED_BYTES << PINNED_SHIFT;

    private final LoopContext loop;
    private final Channel channel;
    private final MemoryAccount account;
    private final int maxTailBytes;
    private final @Nullable Runnable fencedOff;
    private boolean enlisted;

    /** Whether the unsent bytes contain a request, which may leave only while this node may serve. */
    private boolean holdsRequest;

    private @Nullable ByteBuf tail;

    /** Bytes written to the channel so far. */
    private long handedOverBytes;

    /** Of these, what the counter of a client's bytes has. */
    private long countedBytes;

    private @Nullable LongTurn longTurn;

    /** Capacity of the next buffer, from recent turns, so that it need not grow by copying. */
    private int nextTailBytes = FIRST_TAIL_BYTES;

    /** The buffer of the last slice of this turn; used for comparison only. */
    private @Nullable ByteBuf lastSliced;

    /** Bytes pinned beyond the bytes to send, since the output was last empty. */
    private long pinnedBytes;

    /** Whether a slice was appended since the last {@link #endRequest}. */
    private boolean sliced;

    /**
     * The batch of a client's {@code channel}, which must be registered with the loop.
     *
     * @param account  charged with the bytes the channel does not accept
     */
    public OutputBatch(LoopContext loop, Channel channel, MemoryAccount account) {
        this(loop, channel, account, MAX_TAIL_BYTES, null);
    }

    private OutputBatch(
            LoopContext loop, Channel channel, MemoryAccount account, int maxTailBytes, @Nullable Runnable fencedOff) {
        this.loop = loop;
        this.channel = channel;
        this.account = account;
        this.maxTailBytes = maxTailBytes;
        this.fencedOff = fencedOff;
    }

    /**
     * The batch of a server connection.
     *
     * @param account    charged with what the channel does not take
     * @param fencedOff  runs instead of sending when the batch {@link #holdsRequest} and this node may no longer serve;
     *     must close the channel, which releases earlier bytes
     */
    public static OutputBatch toServer(LoopContext loop, Channel channel, MemoryAccount account, Runnable fencedOff) {
        return new OutputBatch(loop, channel, account, MAX_TAIL_BYTES, fencedOff);
    }

    /**
     * The batch of a server connection with TLS, whose handler makes at least one record of each buffer. memcached
     * (1.6.18) reads the rest of a large value directly into the item and then waits for its socket, although OpenSSL
     * may already hold the next request, from the same record. So no record may contain the end of a large request and
     * the start of another: {@link #endRequest} must follow each request. Otherwise as {@link #toServer}.
     */
    public static OutputBatch inRecords(LoopContext loop, Channel channel, MemoryAccount account, Runnable fencedOff) {
        return new OutputBatch(loop, channel, account, MAX_RECORD_TAIL_BYTES, fencedOff);
    }

    /** The loop of its channel. */
    public LoopContext loop() {
        return loop;
    }

    /** Marks the appended bytes as a client request or a repair, not a handshake or a probe. */
    public void holdsRequest() {
        holdsRequest = true;
    }

    /** Notified when the output of a long turn has left late. */
    public interface LongTurn {
        /**
         * The batch was flushed at the end of a long turn.
         *
         * @param beganNanos  the time of the turn, as in {@link LoopContext#nowNanos}
         * @param endedNanos  when it was flushed, on the same clock
         */
        void ended(long beganNanos, long endedNanos);
    }

    /** Sets the listener for long turns. */
    public void onLongTurn(LongTurn listener) {
        longTurn = listener;
    }

    /** Position of the next byte in the output of this channel. */
    public long position() {
        ByteBuf buffer = tail;
        return buffer == null ? handedOverBytes : handedOverBytes + buffer.readableBytes();
    }

    /** Bytes that the kernel has accepted, at least. */
    public long leftBytes() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return handedOverBytes - (waiting == null ? 0 : waiting.totalPendingWriteBytes());
    }

    /** Marks the end of a request. */
    public void endRequest() {
        if (sliced) {
            sliced = false;
            writeTail();
        }
    }

    /** A buffer for at most {@code bytes}. The batch owns it: append immediately and do not keep it. */
    public ByteBuf append(int bytes) {
        ByteBuf buffer = tail;
        if (buffer != null && buffer.readableBytes() + bytes > maxTailBytes) {
            writeTail();
            buffer = null;
        }
        if (buffer == null) {
            int room = unsentBytes() > CROWDED_BYTES ? FIRST_TAIL_BYTES : nextTailBytes;
            buffer = channel.alloc().directBuffer(Math.max(room, bytes));
            tail = buffer;
        }
        enlist();
        return buffer;
    }

    /** Appends these bytes by copy. */
    public void bytes(byte[] bytes) {
        append(bytes.length).writeBytes(bytes);
    }

    /**
     * Appends a range of a buffer; the caller keeps ownership. Copies it if it is small, or would pin much more memory
     * than its size; otherwise appends a retained slice.
     */
    @Override
    public void bytes(ByteBuf source, int index, int length) {
        if (length < SLICE_FROM_BYTES) {
            append(length).writeBytes(source, index, length);
            return;
        }
        if (pinsTooMuch(source, length)) {
            append(length).writeBytes(source, index, length);
            sliced = true;
            return;
        }
        enlist();
        writeTail();
        handedOverBytes += length;
        pinnedBytes += isLastSliced(source) ? -Math.min(pinnedBytes, length) : source.capacity() - length;
        lastSliced = source;
        channel.write(source.retainedSlice(index, length), channel.voidPromise());
        sliced = true;
    }

    private boolean pinsTooMuch(ByteBuf source, int length) {
        int capacity = source.capacity();
        if (capacity >> CROWDED_PINNED_SHIFT <= length || isLastSliced(source)) {
            return false;
        }
        return capacity >> PINNED_SHIFT > length || unsentBytes() > CROWDED_BYTES;
    }

    @SuppressWarnings("ReferenceEquality") // equal bytes in two buffers are two buffers
    private boolean isLastSliced(ByteBuf source) {
        return source == lastSliced;
    }

    /** Unsent bytes of the channel, including its bookkeeping. */
    public long unsentBytes() {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        return outbound == null ? 0 : outbound.totalPendingWriteBytes();
    }

    /** Updates the charge for unsent bytes. */
    public void recount() {
        long unsent = unsentBytes();
        if (unsent == 0) {
            pinnedBytes = 0;
        }
        account.unsent(unsent + Math.min(pinnedBytes, unsent + MAX_PINNED_BYTES));
    }

    private void enlist() {
        if (!enlisted) {
            enlisted = true;
            if (unsentBytes() == 0) {
                // io_uring sends after the flush, so the count is stale
                pinnedBytes = 0;
            }
            loop.flushAtEndOfTurn(this);
        }
    }

    private void writeTail() {
        ByteBuf buffer = tail;
        if (buffer != null) {
            tail = null;
            handedOverBytes += buffer.readableBytes();
            int needed = Math.min(buffer.readableBytes(), maxTailBytes);
            pinnedBytes += buffer.capacity() - buffer.readableBytes();
            nextTailBytes = Math.max(needed, Math.max(FIRST_TAIL_BYTES, nextTailBytes - nextTailBytes / 8));
            channel.write(buffer, channel.voidPromise());
        }
    }

    /** Drops the unsent bytes: the channel is closed. */
    public void discard() {
        ByteBuf buffer = tail;
        if (buffer != null) {
            tail = null;
            buffer.release();
        }
    }

    /** Ends the turn: sends everything, if it may be sent. */
    void endTurn(boolean requestsMayLeave) {
        if (holdsRequest && !requestsMayLeave && fencedOff != null) {
            enlisted = false;
            holdsRequest = false;
            discard();
            fencedOff.run();
        } else {
            flush();
        }
    }

    /** The turn that ended with the last flush was long. */
    void turnWasLong(long beganNanos, long endedNanos) {
        if (longTurn != null) {
            longTurn.ended(beganNanos, endedNanos);
        }
    }

    /** Closes the channel after an exception, as if its peer had been lost. */
    void broken(Throwable defect) {
        discard();
        channel.pipeline().fireExceptionCaught(defect);
    }

    /** Sends everything now. A closed channel releases the bytes instead. */
    public void flush() {
        enlisted = false;
        holdsRequest = false;
        writeTail();
        if (fencedOff == null) {
            loop.counters().count(ProxyMeter.CLIENT_BYTES_OUT, handedOverBytes - countedBytes);
            countedBytes = handedOverBytes;
        }
        lastSliced = null;
        channel.flush();
        recount();
    }
}
