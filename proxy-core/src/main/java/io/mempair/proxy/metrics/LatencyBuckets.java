package io.mempair.proxy.metrics;

import java.util.Arrays;

/**
 * The buckets of every latency histogram: 1, 2 and 5 of each decade from 50 us to 10 s, and one for anything slower. Fixed,
 * so that histograms of all loops, servers and nodes can be added up.
 */
public final class LatencyBuckets {

    private static final long MICROSECOND = 1_000;
    private static final long MILLISECOND = 1_000_000;
    private static final long SECOND = 1_000_000_000;

    /** Largest latency of each bucket, in nanoseconds; each is at least twice the one before. */
    private static final long[] BOUNDS_NANOS = {
        50 * MICROSECOND,
        100 * MICROSECOND,
        200 * MICROSECOND,
        500 * MICROSECOND,
        MILLISECOND,
        2 * MILLISECOND,
        5 * MILLISECOND,
        10 * MILLISECOND,
        20 * MILLISECOND,
        50 * MILLISECOND,
        100 * MILLISECOND,
        200 * MILLISECOND,
        500 * MILLISECOND,
        SECOND,
        2 * SECOND,
        5 * SECOND,
        10 * SECOND,
        Long.MAX_VALUE
    };

    /** The bucket of 2^i nanoseconds: since bounds double at least, the numbers up to 2^(i+1) are in it or in the next one. */
    private static final byte[] FIRST_OF_POWER = firstOfPowers();

    private LatencyBuckets() {}

    private static byte[] firstOfPowers() {
        byte[] first = new byte[Long.SIZE - 1];
        for (int power = 0; power < first.length; power++) {
            int bucket = 0;
            while (1L << power > BOUNDS_NANOS[bucket]) {
                bucket++;
            }
            first[power] = (byte) bucket;
        }
        return first;
    }

    /** How many there are. */
    public static int count() {
        return BOUNDS_NANOS.length;
    }

    /** The largest latency of each bucket, in nanoseconds; of the last one {@link Long#MAX_VALUE}. */
    public static long[] boundsNanos() {
        return Arrays.copyOf(BOUNDS_NANOS, BOUNDS_NANOS.length);
    }

    /** The bucket a latency belongs to; what is not positive belongs to the first. */
    static int of(long latencyNanos) {
        long positive = Math.max(1, latencyNanos);
        int first = FIRST_OF_POWER[Long.SIZE - 1 - Long.numberOfLeadingZeros(positive)];
        return positive > BOUNDS_NANOS[first] ? first + 1 : first;
    }
}
