package io.mempair.proxy.loop;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What one connection is to send in this turn. Small pieces are copied together, because a copy of a few
 * hundred bytes costs less than a slice, its reference count and an entry of a gathering write; large
 * ones go out as slices of the buffer they came in. All of a turn leaves in one write.
 *
 * <p>Confined to the loop's thread. Belongs to one channel and dies with it.
 */
public final class OutputBatch implements ByteSink {

    /** Bytes; a piece of at least this size is passed on without a copy. */
    private static final int SLICE_FROM_BYTES = 2_048;

    /** Bytes of the first buffer of a turn: a few small requests. */
    private static final int FIRST_TAIL_BYTES = 1_024;

    /** Bytes after which a tail is handed to the channel and another begun. */
    private static final int MAX_TAIL_BYTES = 32_768;

    /** The same where each tail becomes a TLS record: together with what is left of another it fits memcached's buffer. */
    private static final int MAX_RECORD_TAIL_BYTES = 4_096;

    /** Bytes unsent from which memory counts more than a copy. */
    private static final int CROWDED_BYTES = 65_536;

    /** A slice pins its buffer: at most so many times its own length, as a shift, while little is unsent, and while much is. */
    private static final int PINNED_SHIFT = 3;

    private static final int CROWDED_PINNED_SHIFT = 1;

    /** Bytes that slices can pin beyond what is unsent: only below {@link #CROWDED_BYTES} more than the same again. */
    private static final int MAX_PINNED_BYTES = CROWDED_BYTES << PINNED_SHIFT;

    private final LoopContext loop;
    private final Channel channel;
    private final MemoryAccount account;
    private final int maxTailBytes;
    private final @Nullable Runnable fencedOff;
    private boolean enlisted;

    /** Whether a request is among what has not been sent, which may leave only while this proxy may serve. */
    private boolean holdsRequest;

    private @Nullable ByteBuf tail;

    /** Bytes given to the channel so far. */
    private long handedOverBytes;

    private @Nullable LongTurn longTurn;

    /** Capacity of the next buffer: what the last turns needed, so that it need not grow by copying. */
    private int nextTailBytes = FIRST_TAIL_BYTES;

    /** The buffer of the last slice of this turn; only compared. */
    private @Nullable ByteBuf lastSliced;

    /** Bytes of buffers held beyond what is to be sent of them, since all was sent. */
    private long pinnedBytes;

    /** Whether a slice went out since the last {@link #endRequest}. */
    private boolean sliced;

    /**
     * The batch of {@code channel}, a client's, which must be registered with the loop.
     *
     * @param account  charged with what the channel does not take
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
     * For a server.
     *
     * @param account    charged with what the channel does not take
     * @param fencedOff  runs in place of sending when the batch {@link #holdsRequest} and this proxy may not serve any more;
     *     must close the channel, which releases what it was handed before
     */
    public static OutputBatch toServer(LoopContext loop, Channel channel, MemoryAccount account, Runnable fencedOff) {
        return new OutputBatch(loop, channel, account, MAX_TAIL_BYTES, fencedOff);
    }

    /**
     * For a server behind TLS, whose handler makes at least one record of each buffer. memcached (1.6.18) reads the rest
     * of a large value straight into the item and then waits for its socket, although the next request may be there
     * already: in the same record, which OpenSSL has taken from the socket. So no record may hold the end of a large
     * request and the beginning of another: {@link #endRequest} must follow each request. Else as {@link #toServer}.
     */
    public static OutputBatch inRecords(LoopContext loop, Channel channel, MemoryAccount account, Runnable fencedOff) {
        return new OutputBatch(loop, channel, account, MAX_RECORD_TAIL_BYTES, fencedOff);
    }

    /** Says that what was appended is a request of a client, or repairs the server: no greeting, no probe. */
    public void holdsRequest() {
        holdsRequest = true;
    }

    /** Told when what was appended in a turn left so late that it matters. */
    public interface LongTurn {
        /**
         * The batch was flushed at the end of a long turn.
         *
         * @param beganNanos  the time of the turn, as {@link LoopContext#nowNanos} has it
         * @param endedNanos  when it was flushed, on the same clock
         */
        void ended(long beganNanos, long endedNanos);
    }

    /** Has {@code listener} told. */
    public void onLongTurn(LongTurn listener) {
        longTurn = listener;
    }

    /** Where the next byte will stand among all bytes of this channel. */
    public long position() {
        ByteBuf buffer = tail;
        return buffer == null ? handedOverBytes : handedOverBytes + buffer.readableBytes();
    }

    /** How many of those bytes the kernel has taken, at least. */
    public long leftBytes() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return handedOverBytes - (waiting == null ? 0 : waiting.totalPendingWriteBytes());
    }

    /** Says that a request is whole. */
    public void endRequest() {
        if (sliced) {
            sliced = false;
            writeTail();
        }
    }

    /**
     * A buffer to append at most {@code bytes} to. It stays the batch's own; use it at once and append only.
     */
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
     * Appends a range of a buffer that stays the caller's: by copy if small, or if it would pin much more memory than it is;
     * else as a retained slice.
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

    /** Bytes the channel was given and has not sent, with what it takes to keep them in order. */
    private long unsentBytes() {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        return outbound == null ? 0 : outbound.totalPendingWriteBytes();
    }

    /** Charges what is unsent now. */
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
                // io_uring sends behind the flush, so nobody looked since
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

    /** Forgets what was not sent: the channel takes no more. */
    public void discard() {
        ByteBuf buffer = tail;
        if (buffer != null) {
            tail = null;
            buffer.release();
        }
    }

    /** The turn is over: sends everything, if it may be sent. */
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

    /** The turn that was just ended by a flush was long. */
    void turnWasLong(long beganNanos, long endedNanos) {
        if (longTurn != null) {
            longTurn.ended(beganNanos, endedNanos);
        }
    }

    /** The channel cannot be sent what it should: it ends as if its peer had been lost. */
    void broken(Throwable defect) {
        discard();
        channel.pipeline().fireExceptionCaught(defect);
    }

    /** Sends everything now. A closed channel releases it instead. */
    public void flush() {
        enlisted = false;
        holdsRequest = false;
        writeTail();
        lastSliced = null;
        channel.flush();
        recount();
    }
}
