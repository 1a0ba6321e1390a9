package io.mempair.proxy.loop;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Ranges of buffers kept for later, in order, without copying: a data block that arrived in pieces, an
 * answer whose turn has not come. Holds a reference to each buffer, until {@link #release}; one for ranges of the same buffer
 * that follow each other, because many small values arrive in one. A buffer is charged whole, however little of it is kept.
 */
public final class ByteRanges {

    /** Bytes; so little more than twice what is kept is not worth a copy. */
    private static final int SMALL_BYTES = 4_096;

    private static final int NUMBERS = 3;
    private static final int LENGTH = 1;
    private static final int CHARGE = 2;

    private final @Nullable MemoryAccount account;
    private final MemoryUse use;
    private ByteBuf[] buffers = new ByteBuf[1];

    /** Of each range its index, its length, and what its buffer was charged with: 0 if that was charged before. */
    private int[] numbers = new int[NUMBERS];

    /** The first range that was not released. */
    private int first;

    private int count;
    private long totalBytes;
    private long chargedBytes;

    /** Ranges that are charged to nobody. */
    public ByteRanges() {
        this(null, MemoryUse.VALUES);
    }

    /** Ranges of buffers that are charged to {@code account}, if there is one, as long as they are kept. */
    public ByteRanges(@Nullable MemoryAccount account, MemoryUse use) {
        this.account = account;
        this.use = use;
    }

    /** Keeps {@code [index, index + length)} of {@code buffer}, which is retained. */
    public void add(ByteBuf buffer, int index, int length) {
        add(buffer, index, length, buffer.capacity());
    }

    /** As {@link #add(ByteBuf, int, int)}; charged {@code charge} if the range before is of another buffer. */
    public void add(ByteBuf buffer, int index, int length, int charge) {
        if (count == buffers.length) {
            buffers = Arrays.copyOf(buffers, 2 * count);
            numbers = Arrays.copyOf(numbers, 2 * NUMBERS * count);
        }
        boolean repeats = repeats(buffer);
        if (!repeats) {
            buffer.retain();
        }
        buffers[count] = buffer;
        int at = NUMBERS * count++;
        numbers[at] = index;
        numbers[at + LENGTH] = length;
        numbers[at + CHARGE] = repeats ? 0 : charge;
        totalBytes += length;
        if (!repeats) {
            charge(charge);
        }
    }

    private void charge(long bytes) {
        chargedBytes += bytes;
        if (account != null) {
            account.add(use, bytes);
        }
    }

    @SuppressWarnings("ReferenceEquality") // equal bytes in two buffers are two buffers
    private boolean repeats(ByteBuf buffer) {
        return count > first && buffers[count - 1] == buffer;
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
        while (left > length(range)) {
            left -= length(range--);
        }
        return buffers[range].getByte(index(range) + length(range) - left);
    }

    private int index(int range) {
        return numbers[NUMBERS * range];
    }

    private int length(int range) {
        return numbers[NUMBERS * range + LENGTH];
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
            sink.bytes(buffers[i], index(i), length(i));
        }
    }

    /**
     * Copies what is kept out of buffers of which it is less than half, so that they can be used again. The ranges keep their
     * numbers.
     */
    public void compact() {
        if (chargedBytes <= 2 * totalBytes + SMALL_BYTES || first == count) {
            return;
        }
        ByteBuf own = buffers[first].alloc().buffer((int) Math.min(totalBytes, Integer.MAX_VALUE));
        try {
            for (int i = first; i < count; i++) {
                int index = own.writerIndex();
                own.writeBytes(buffers[i], index(i), length(i));
                numbers[NUMBERS * i] = index;
                numbers[NUMBERS * i + CHARGE] = 0;
            }
            releaseBuffers();
            Arrays.fill(buffers, first, count, own);
            own.retain();
            numbers[NUMBERS * first + CHARGE] = own.capacity();
            charge(own.capacity());
        } finally {
            own.release();
        }
    }

    private void releaseBuffers() {
        for (int i = first; i < count; i++) {
            boolean last = i + 1 == count || differs(i);
            if (last) {
                buffers[i].release();
            }
        }
        charge(-chargedBytes);
    }

    @SuppressWarnings("ReferenceEquality") // equal bytes in two buffers are two buffers
    private boolean differs(int i) {
        return buffers[i] != buffers[i + 1];
    }

    /** Gives back the buffers of which only ranges before the one numbered {@code to} are kept. */
    public void releaseUpTo(int to) {
        while (first < Math.min(to, count)) {
            int i = first++;
            totalBytes -= length(i);
            int charged = numbers[NUMBERS * i + CHARGE];
            if (i + 1 < count && !differs(i)) {
                // the charge stays with the buffer
                numbers[NUMBERS * (i + 1) + CHARGE] = charged;
            } else {
                charge(-charged);
                buffers[i].release();
            }
        }
    }

    /** Gives the buffers back and forgets the ranges. */
    public void release() {
        releaseBuffers();
        first = 0;
        count = 0;
        totalBytes = 0;
    }
}
