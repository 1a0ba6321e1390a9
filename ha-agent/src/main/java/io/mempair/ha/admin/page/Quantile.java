package io.mempair.ha.admin.page;

import io.mempair.proxy.metrics.LatencyBuckets;
import java.util.List;

/** Reads quantiles out of what two looks at a histogram differ in. Pure. */
final class Quantile {

    private static final double NANOS_PER_MILLI = 1e6;
    private static final long[] BOUNDS_NANOS = LatencyBuckets.boundsNanos();

    private Quantile() {}

    /**
     * The milliseconds that a part of the latencies between the two looks did not exceed; evenly spread in each bucket, as
     * Prometheus' histogram_quantile has it. NaN where there were none, or counts fell because a server is gone.
     *
     * @param part  of one, as 0.99
     */
    static double millis(List<Long> before, List<Long> after, double part) {
        long[] counts = new long[BOUNDS_NANOS.length];
        long all = 0;
        for (int i = 0; i < counts.length; i++) {
            counts[i] = after.get(i) - before.get(i);
            if (counts[i] < 0) {
                return Double.NaN;
            }
            all += counts[i];
        }
        if (all == 0) {
            return Double.NaN;
        }
        double rank = part * all;
        long below = 0;
        int bucket = 0;
        while (below + counts[bucket] < rank) {
            below += counts[bucket++];
        }
        double from = bucket == 0 ? 0 : BOUNDS_NANOS[bucket - 1];
        if (bucket == BOUNDS_NANOS.length - 1) {
            return from / NANOS_PER_MILLI;
        }
        double within = counts[bucket] == 0 ? 1 : (rank - below) / counts[bucket];
        return (from + within * (BOUNDS_NANOS[bucket] - from)) / NANOS_PER_MILLI;
    }
}
