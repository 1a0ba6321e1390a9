package io.mempair.ha.bench;

/**
 * A part of a run, as it went on. Requests are in the interval in which they were answered.
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
