package io.mempair.proxy.frontend;

import io.mempair.proxy.loop.ByteRanges;
import io.mempair.proxy.loop.MemoryAccount;
import io.mempair.proxy.loop.MemoryUse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The data block of a storage command, its line end included, as it arrives. Large pieces are kept as they
 * came; small ones are copied together, so that a client who sends byte by byte cannot make us keep a
 * buffer for each.
 */
final class DataBlock {

    /** Bytes; smaller pieces are copied. */
    private static final int KEEP_FROM_BYTES = 4_096;

    /** Bytes of a buffer for small pieces. */
    private static final int COPY_BUFFER_BYTES = 16_384;

    private final MemoryAccount account;
    private final ByteRanges ranges;
    private int missingBytes;
    private int announcedBytes;
    private @Nullable ByteBuf small;

    /**
     * A block of {@code totalBytes}, none of which has come.
     *
     * @param account  charged with what it holds, and with what is to come once it is not there at once
     */
    DataBlock(int totalBytes, MemoryAccount account) {
        this.account = account;
        this.ranges = new ByteRanges(account, MemoryUse.VALUES);
        this.missingBytes = totalBytes;
    }

    /** Takes what belongs to the block from {@code in}; true when the block is whole. */
    boolean takeFrom(ByteBuf in, ByteBufAllocator allocator) {
        int length = Math.min(missingBytes, in.readableBytes());
        boolean wholeAtOnce = length == missingBytes && ranges.totalBytes() == 0 && small == null;
        if (wholeAtOnce) {
            ranges.addShared(in, in.readerIndex(), length);
            in.skipBytes(length);
        } else if (length >= KEEP_FROM_BYTES && length >= in.capacity() / 2) {
            sealSmall();
            ranges.add(in, in.readerIndex(), length);
            in.skipBytes(length);
        } else {
            copy(in, length, allocator);
        }
        missingBytes -= length;
        announce();
        if (missingBytes == 0) {
            sealSmall();
        }
        return missingBytes == 0;
    }

    /** Charges what is to come. */
    private void announce() {
        account.add(MemoryUse.VALUES, missingBytes - announcedBytes);
        announcedBytes = missingBytes;
    }

    private void copy(ByteBuf in, int length, ByteBufAllocator allocator) {
        int left = length;
        while (left > 0) {
            ByteBuf buffer = small;
            if (buffer == null) {
                buffer = allocator.directBuffer(COPY_BUFFER_BYTES, COPY_BUFFER_BYTES);
                small = buffer;
            }
            int part = Math.min(left, buffer.writableBytes());
            buffer.writeBytes(in, part);
            left -= part;
            if (!buffer.isWritable()) {
                sealSmall();
            }
        }
    }

    private void sealSmall() {
        ByteBuf buffer = small;
        if (buffer != null) {
            small = null;
            ranges.add(buffer, 0, buffer.readableBytes());
            buffer.release();
        }
    }

    /** Appends the bytes that have come. */
    void copyTo(ByteBuf out) {
        ranges.copyTo(out::writeBytes);
        ByteBuf buffer = small;
        if (buffer != null) {
            out.writeBytes(buffer, 0, buffer.readableBytes());
        }
    }

    /** Bytes that have come. */
    long arrivedBytes() {
        ByteBuf buffer = small;
        return ranges.totalBytes() + (buffer == null ? 0 : buffer.readableBytes());
    }

    /** The bytes of the whole block; the caller owns them from now on. */
    ByteRanges whole() {
        return ranges;
    }

    /** Gives up a block that will not be whole. */
    void release() {
        sealSmall();
        ranges.release();
        missingBytes = 0;
        announce();
    }
}
