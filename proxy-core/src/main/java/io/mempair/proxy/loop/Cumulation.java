package io.mempair.proxy.loop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;

/**
 * The one place where bytes that were read and not understood yet meet those that come after them. What was understood never
 * stays in memory: a connection that always ends in the middle of a line needs the room of that line, however much it sends.
 *
 * <p>Any thread; a buffer handed in belongs to the method, the one that comes out to the caller.
 */
public final class Cumulation {

    /** The same for decoders of Netty, such as TLS. */
    public static final ByteToMessageDecoder.Cumulator CUMULATOR = Cumulation::join;

    /** Bytes; a buffer up to this size is not worth a copy. */
    private static final int SMALL_BYTES = 1_024;

    /** Bytes; room for what comes next when a buffer must grow, so that not each byte costs a copy of all before it. */
    private static final int MAX_ROOM_BYTES = 16_384;

    private Cumulation() {}

    /** The bytes of {@code earlier} and those of {@code in} behind them. */
    public static ByteBuf join(ByteBufAllocator allocator, ByteBuf earlier, ByteBuf in) {
        if (!earlier.isReadable()) {
            earlier.release();
            return in;
        }
        ByteBuf joined = null;
        try {
            joined = withRoomFor(in.readableBytes(), allocator, earlier);
            joined.writeBytes(in);
            return joined;
        } finally {
            in.release();
            if (joined == null) {
                earlier.release();
            }
        }
    }

    /** Slices of a buffer may be under way elsewhere: only one that is ours alone may be moved about in. */
    private static ByteBuf withRoomFor(int bytes, ByteBufAllocator allocator, ByteBuf earlier) {
        int left = earlier.readableBytes();
        boolean ours = earlier.refCnt() == 1 && !earlier.isReadOnly();
        if (ours && left + bytes <= earlier.capacity()) {
            if (bytes > earlier.capacity() - earlier.writerIndex()) {
                earlier.discardReadBytes();
            }
            return earlier;
        }
        ByteBuf larger = allocator.buffer(left + bytes + Math.min(left, MAX_ROOM_BYTES));
        larger.writeBytes(earlier);
        earlier.release();
        return larger;
    }

    /** {@code rest}, to be kept until more comes: copied if it holds more than twice the memory it needs. */
    public static ByteBuf keep(ByteBufAllocator allocator, ByteBuf rest) {
        int bytes = rest.readableBytes();
        if (rest.capacity() <= Math.max(SMALL_BYTES, 2 * bytes)) {
            return rest;
        }
        try {
            ByteBuf kept = allocator.buffer(bytes);
            kept.writeBytes(rest);
            return kept;
        } finally {
            rest.release();
        }
    }
}
