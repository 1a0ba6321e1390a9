package io.mempair.ha.probe;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts attempts and finds the longest outage: the longest time between two answers in a row, less the
 * period at which they are due. A run that ends without answers counts until its end. Pure; one thread.
 */
public final class ProbeTally {

    private final long periodNanos;
    private final long startNanos;
    private final Map<ProbeOutcome, Long> counts = new EnumMap<>(ProbeOutcome.class);
    private long lastAnswerNanos;
    private long failuresSinceAnswer;
    private long longestNanos;
    private int outages;
    private boolean answered;
    private @Nullable String lastError;

    public ProbeTally(long periodNanos, long startNanos) {
        this.periodNanos = periodNanos;
        this.startNanos = startNanos;
        this.lastAnswerNanos = startNanos;
    }

    /**
     * Notes the end of one attempt. A failure of an attempt that began before the last answer tells nothing
     * about what came after it: it is counted, but it is no new outage.
     *
     * @param begunNanos  when the attempt began
     * @param nowNanos    when it ended; must not go back
     */
    public void record(ProbeOutcome outcome, long begunNanos, long nowNanos) {
        record(outcome, null, begunNanos, nowNanos);
    }

    /**
     * The same.
     *
     * @param words  what was said instead of an answer, or why there is none; may be null
     */
    public void record(ProbeOutcome outcome, @Nullable String words, long begunNanos, long nowNanos) {
        if (outcome == ProbeOutcome.ERROR && words != null) {
            lastError = words;
        }
        counts.merge(outcome, 1L, Long::sum);
        if (outcome != ProbeOutcome.ANSWERED) {
            if (begunNanos - lastAnswerNanos >= 0) {
                failuresSinceAnswer++;
            }
            return;
        }
        if (answered) {
            gap(nowNanos);
        }
        answered = true;
        lastAnswerNanos = nowNanos;
        failuresSinceAnswer = 0;
    }

    private void gap(long nowNanos) {
        longestNanos = Math.max(longestNanos, nowNanos - lastAnswerNanos - periodNanos);
        if (failuresSinceAnswer > 0) {
            outages++;
        }
    }

    /** Whether any attempt was answered yet. */
    public boolean answered() {
        return answered;
    }

    /** The result so far; an outage that still lasts is counted until now. */
    public ProbeSummary summary(long nowNanos) {
        boolean lasting = !answered || failuresSinceAnswer > 0;
        long longest = lasting ? Math.max(longestNanos, nowNanos - lastAnswerNanos - periodNanos) : longestNanos;
        return new ProbeSummary(
                Map.copyOf(counts),
                Math.max(0, longest),
                outages + (lasting ? 1 : 0),
                lasting,
                nowNanos - startNanos,
                lastError);
    }
}
