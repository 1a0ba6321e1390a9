package io.mempair.proxy.loop;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An ordered list of buffer ranges held without copying: a data block that arrived in pieces, or a reply that must
 * wait. Retains each buffer until {@link #release}; consecutive ranges of one buffer share a reference, because many
 * small values arrive in one buffer. A buffer is charged completely, however little of it is held.
 */
public final class ByteRanges {

    /** Bytes; a smaller saving is not worth a copy. */
    private static final int SMALL_BYTES = 4_096;

    private static final int NUMBERS = 3;
    private static final int LENGTH = 1;
    private static final int CHARGE = 2;

    private final @Nullable MemoryAccount account;
    private final MemoryUse use;
    private ByteBuf[] buffers = new ByteBuf[1];

    /** Per range: index, length, and the charge for its buffer, 0 if already charged. */
    private int[] numbers = new int[NUMBERS];

    /** The first unreleased range. */
    private int first;

    private int count;
    private long totalBytes;
    private long chargedBytes;

    /** The charge for the first range, if its buffer is shared with other lists. */
    private @Nullable SharedBuffer shared;

    /** Creates a list that is not charged to an account. */
    public ByteRanges() {
        this(null, MemoryUse.VALUES);
    }

    /** Creates a list that is charged to {@code account}, if any, while it holds buffers. */
    public ByteRanges(@Nullable MemoryAccount account, MemoryUse use) {
        this.account = account;
        this.use = use;
    }

    /** Adds {@code [index, index + length)} of {@code buffer} and retains the buffer. */
    public void add(ByteBuf buffer, int index, int length) {
        add(buffer, index, length, buffer.capacity());
    }

    /** As {@link #add(ByteBuf, int, int)}; charges {@code charge} if the previous range is of another buffer. */
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

    /**
     * As {@link #add(ByteBuf, int, int)} for the first range of the list, whose buffer other lists of the same client may
     * hold too: it is charged once for all of them.
     */
    public void addShared(ByteBuf buffer, int index, int length) {
        if (account == null || count > 0) {
            add(buffer, index, length);
            return;
        }
        add(buffer, index, length, 0);
        shared = account.share(use, buffer);
    }

    private void leaveShared() {
        SharedBuffer left = shared;
        if (left != null) {
            shared = null;
            left.leave();
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

    /** Number of ranges. */
    public int count() {
        return count;
    }

    /** Writes all ranges to {@code sink}; they stay in the list. */
    public void copyTo(ByteSink sink) {
        copyTo(sink, 0, count);
    }

    /** Writes the ranges {@code [from, to)} to {@code sink}. */
    public void copyTo(ByteSink sink, int from, int to) {
        for (int i = from; i < to; i++) {
            sink.bytes(buffers[i], index(i), length(i));
        }
    }

    /** Copies ranges out of buffers that they use by less than half, and releases those buffers. Range numbers stay. */
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
        leaveShared();
    }

    @SuppressWarnings("ReferenceEquality") // equal bytes in two buffers are two buffers
    private boolean differs(int i) {
        return buffers[i] != buffers[i + 1];
    }

    /** Releases the buffers that only ranges before {@code to} use. */
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
                leaveShared();
            }
        }
    }

    /** Releases the buffers and clears the list. */
    public void release() {
        releaseBuffers();
        first = 0;
        count = 0;
        totalBytes = 0;
    }
}
