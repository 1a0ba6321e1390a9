package io.mempair.ha.admin.page;

import java.util.Arrays;

/**
 * The last samples of the {@link Series}, a fixed number of them: the past of the page. Each has a number that is one higher than
 * the number of the sample before it. One thread.
 */
public final class SampleRing {

    private static final int COLUMNS = Series.values().length;

    private final long[] atMillis;
    private final double[] values;
    private long next;

    /** @param capacity  samples kept */
    public SampleRing(int capacity) {
        this.atMillis = new long[capacity];
        this.values = new double[capacity * COLUMNS];
    }

    /**
     * Adds a sample; the oldest goes when the ring is full.
     *
     * @param at   milliseconds on any clock that never falls
     * @param row  a value for each of the {@link Series}, NaN for none
     */
    public void add(long at, double[] row) {
        if (row.length != COLUMNS) {
            throw new IllegalArgumentException(row.length + " values (expected: " + COLUMNS + ')');
        }
        int place = place(next);
        atMillis[place] = at;
        System.arraycopy(row, 0, values, place * COLUMNS, COLUMNS);
        next++;
    }

    /** Number of the oldest sample there is; {@link #next} if there is none. */
    public long first() {
        return Math.max(0, next - atMillis.length);
    }

    /** Number that the next sample will have. */
    public long next() {
        return next;
    }

    /** When the sample of this number was taken. */
    public long atMillis(long number) {
        return atMillis[place(number)];
    }

    /** The values of the sample of this number. */
    public double[] row(long number) {
        int from = place(number) * COLUMNS;
        return Arrays.copyOfRange(values, from, from + COLUMNS);
    }

    private int place(long number) {
        return (int) (number % atMillis.length);
    }
}
