package io.mempair.proxy.loop;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Ranges of buffers kept for later, in order, without copying: a data block that arrived in pieces, an
 * answer whose turn has not come. Holds a reference to each buffer, until {@link #release}; one for ranges of the same buffer
 * that follow each other, because many small values arrive in one.
 */
public final class ByteRanges {

    private ByteBuf[] buffers = new ByteBuf[1];
    private int[] indexes = new int[1];
    private int[] lengths = new int[1];
    private int count;
    private long totalBytes;

    /** Keeps {@code [index, index + length)} of {@code buffer}, which is retained. */
    public void add(ByteBuf buffer, int index, int length) {
        if (count == buffers.length) {
            buffers = Arrays.copyOf(buffers, 2 * count);
            indexes = Arrays.copyOf(indexes, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
        }
        if (!repeats(buffer)) {
            buffer.retain();
        }
        buffers[count] = buffer;
        indexes[count] = index;
        lengths[count++] = length;
        totalBytes += length;
    }

    @SuppressWarnings("ReferenceEquality") // equal bytes in two buffers are two buffers
    private boolean repeats(ByteBuf buffer) {
        return count > 0 && buffers[count - 1] == buffer;
    }

    /** Bytes in all ranges. */
    public long totalBytes() {
        return totalBytes;
    }

    /** Whether the last two bytes are CR LF. */
    public boolean endsWithLineEnd() {
        return totalBytes >= 2 && byteFromEnd(2) == '\r' && byteFromEnd(1) == '\n';
    }

    private byte byteFromEnd(int distance) {
        int range = count - 1;
        int left = distance;
        while (left > lengths[range]) {
            left -= lengths[range--];
        }
        return buffers[range].getByte(indexes[range] + lengths[range] - left);
    }

    /** Number of ranges kept so far. */
    public int count() {
        return count;
    }

    /** Hands all ranges to {@code sink}; they stay kept. */
    public void copyTo(ByteSink sink) {
        copyTo(sink, 0, count);
    }

    /** Hands the ranges from the one numbered {@code from} up to before {@code to} to {@code sink}. */
    public void copyTo(ByteSink sink, int from, int to) {
        for (int i = from; i < to; i++) {
            sink.bytes(buffers[i], indexes[i], lengths[i]);
        }
    }

    /** Gives the buffers back and forgets the ranges. */
    public void release() {
        while (count > 0) {
            ByteBuf buffer = buffers[--count];
            if (!repeats(buffer)) {
                buffer.release();
            }
        }
        totalBytes = 0;
    }
}
