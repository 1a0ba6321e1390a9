package io.mempair.ha.bench;

import org.HdrHistogram.Histogram;

/** How long requests took, in nanoseconds to three digits; all 0 if there were none. */
public record Latencies(
        long requests, long p50Nanos, long p90Nanos, long p99Nanos, long p999Nanos, long maxNanos, double meanNanos) {

    static Latencies of(Histogram histogram) {
        return new Latencies(
                histogram.getTotalCount(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getMaxValue(),
                histogram.getTotalCount() == 0 ? 0 : histogram.getMean());
    }
}
