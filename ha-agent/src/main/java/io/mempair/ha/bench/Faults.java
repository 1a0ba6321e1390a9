package io.mempair.ha.bench;

/**
 * Counts of what should not happen.
 *
 * @param misses           keys that were stored and not found
 * @param wrong            values that are not what was stored, were not asked for, or replies that are none
 * @param errors           error lines
 * @param lostRequests     in flight on a connection that ended
 * @param lostConnections  connections that ended before the run did
 * @param unanswered       still without answer when the run was over
 */
public record Faults(long misses, long wrong, long errors, long lostRequests, long lostConnections, long unanswered) {

    /** Whether every reply was there and right; a connection may have been lost and made again. */
    public boolean none() {
        return misses == 0 && wrong == 0 && errors == 0 && unanswered == 0;
    }

    Faults since(Faults before) {
        return new Faults(
                misses - before.misses,
                wrong - before.wrong,
                errors - before.errors,
                lostRequests - before.lostRequests,
                lostConnections - before.lostConnections,
                unanswered - before.unanswered);
    }
}
