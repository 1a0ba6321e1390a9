package io.mempair.ha.bench;

/**
 * The result of a run.
 *
 * @param tookNanos        length of the measured window
 * @param latencies        of the requests of that window
 * @param found            values found and right, over the whole run
 * @param faults           over the whole run
 * @param firstProblem     what went wrong first; empty if nothing did
 * @param processCpuNanos  CPU time of the watched process in the window; -1 if none is watched
 * @param ended            why the run ended too soon; empty if it did not
 */
public record BenchReport(
        long tookNanos,
        Latencies latencies,
        long found,
        Faults faults,
        String firstProblem,
        long processCpuNanos,
        String ended) {

    /** Requests answered in each second of the window. */
    public double requestsPerSecond() {
        return tookNanos <= 0 ? 0 : latencies.requests() * 1e9 / tookNanos;
    }

    /** CPU time of the watched process for each request of the window; -1 if it is not known. */
    public double processNanosPerRequest() {
        return processCpuNanos < 0 || latencies.requests() == 0 ? -1 : (double) processCpuNanos / latencies.requests();
    }

    /** Whether the run came to its end and every reply was right. */
    public boolean isGood() {
        return ended.isEmpty() && faults.none();
    }
}
