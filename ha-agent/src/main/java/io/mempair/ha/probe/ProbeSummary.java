package io.mempair.ha.probe;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a probe saw.
 *
 * @param counts        attempts by outcome; an outcome that did not happen has no entry
 * @param longestNanos  the longest outage
 * @param outages       how often answers stopped, with at least one failure in between
 * @param lasting       whether the last outage had not ended
 * @param tookNanos     how long the probe ran
 * @param lastError     what the last error said, printable; null if there was none
 */
public record ProbeSummary(
        Map<ProbeOutcome, Long> counts,
        long longestNanos,
        int outages,
        boolean lasting,
        long tookNanos,
        @Nullable String lastError) {

    /** Attempts that ended so. */
    public long count(ProbeOutcome outcome) {
        return counts.getOrDefault(outcome, 0L);
    }

    /** All attempts that ended. */
    public long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
