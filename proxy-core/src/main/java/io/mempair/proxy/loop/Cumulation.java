package io.mempair.proxy.loop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;

/**
 * Joins unparsed bytes with the bytes that arrive after them. Parsed bytes never stay in memory: a connection that
 * always stops in the middle of a line needs the memory of that line, however much it sends.
 *
 * <p>Any thread. Methods own the buffers passed to them; the caller owns the result.
 */
public final class Cumulation {

    /** The same for Netty's decoders, such as TLS. */
    public static final ByteToMessageDecoder.Cumulator CUMULATOR = Cumulation::join;

    /** Bytes; a buffer up to this size is not worth a copy. */
    private static final int SMALL_BYTES = 1_024;

    /** Bytes; spare room when a buffer must grow, so that single bytes do not copy everything before them. */
    private static final int MAX_ROOM_BYTES = 16_384;

    private Cumulation() {}

    /** Returns the bytes of {@code earlier} followed by those of {@code in}. */
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

    /** Returns a buffer with room. Only an unshared buffer may be compacted, because others may hold slices of it. */
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

    /** Returns {@code rest} for later: copied if its buffer is more than twice as large as needed. */
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
