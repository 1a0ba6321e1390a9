package io.mempair.ha.bench;

import org.HdrHistogram.Histogram;

/**
 * Counts the outcomes of requests. Latencies and requests count only in the measured window, faults from the first
 * connection to the last reply. Pure; one thread.
 */
final class Tally {

    /** A request that waits longer is entered as this. */
    private static final long LONGEST_NANOS = 3_600_000_000_000L;

    private static final int DIGITS = 3;

    private final Histogram window = new Histogram(LONGEST_NANOS, DIGITS);
    private final Histogram interval = new Histogram(LONGEST_NANOS, DIGITS);
    private final boolean byIntended;
    private boolean open;
    private long fromNanos;
    private long toNanos;
    private long intervalStartNanos;

    private long found;
    private long misses;
    private long wrong;
    private long errors;
    private long lostRequests;
    private long lostConnections;
    private long unanswered;
    private String firstProblem = "";

    private Faults atIntervalStart = new Faults(0, 0, 0, 0, 0, 0);

    /**
     * @param byIntended  a request belongs to the window when it was due in it (open loop), else when it was answered in
     *     it (closed loop: as many are sent as are answered)
     */
    Tally(boolean byIntended) {
        this.byIntended = byIntended;
    }

    /** The window in which requests count. */
    void window(long fromNanos, long toNanos) {
        this.fromNanos = fromNanos;
        this.toNanos = toNanos;
        intervalStartNanos = fromNanos;
        open = true;
    }

    /** One request was answered, rightly or not. */
    void answered(long intendedNanos, long nowNanos) {
        if (!open) {
            return;
        }
        long at = byIntended ? intendedNanos : nowNanos;
        boolean counts = at - fromNanos >= 0 && at - toNanos < 0;
        if (counts) {
            window.recordValue(latencyNanos(intendedNanos, nowNanos));
        }
        if (nowNanos - fromNanos >= 0) {
            interval.recordValue(latencyNanos(intendedNanos, nowNanos));
        }
    }

    private static long latencyNanos(long intendedNanos, long nowNanos) {
        return Math.min(LONGEST_NANOS, Math.max(0, nowNanos - intendedNanos));
    }

    void foundValues(int count) {
        found += count;
    }

    void missed(int count) {
        misses += count;
    }

    void wrong(int count, String problem) {
        wrong += count;
        note(problem);
    }

    void error(String problem) {
        errors++;
        note(problem);
    }

    /** A connection ended with so many requests in flight. */
    void lost(int requests, String problem) {
        lostConnections++;
        lostRequests += requests;
        note(problem);
    }

    /** Still without answer when the run was over; it waited at least until now. */
    void unanswered(long intendedNanos, long nowNanos) {
        unanswered++;
        answered(intendedNanos, nowNanos);
    }

    private void note(String problem) {
        if (firstProblem.isEmpty()) {
            firstProblem = problem;
        }
    }

    long found() {
        return found;
    }

    Faults faults() {
        return new Faults(misses, wrong, errors, lostRequests, lostConnections, unanswered);
    }

    /** What went wrong first; empty if nothing did. */
    String firstProblem() {
        return firstProblem;
    }

    Latencies latencies() {
        return Latencies.of(window);
    }

    /** What happened since the last call, and begins anew. */
    BenchInterval endInterval(long nowNanos) {
        Faults faults = faults();
        var ended = new BenchInterval(
                nowNanos - fromNanos,
                nowNanos - intervalStartNanos,
                Latencies.of(interval),
                faults.since(atIntervalStart));
        interval.reset();
        intervalStartNanos = nowNanos;
        atIntervalStart = faults;
        return ended;
    }
}
