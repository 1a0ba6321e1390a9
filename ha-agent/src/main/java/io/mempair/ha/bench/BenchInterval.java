package io.mempair.ha.bench;

/**
 * One interval of a run. A request counts in the interval in which it was answered.
 *
 * @param endNanos     its end, counted from the beginning of the measured window
 * @param lengthNanos  how long it was
 */
public record BenchInterval(long endNanos, long lengthNanos, Latencies latencies, Faults faults) {

    /** Requests answered in each second of it. */
    public double requestsPerSecond() {
        return lengthNanos <= 0 ? 0 : latencies.requests() * 1e9 / lengthNanos;
    }
}
