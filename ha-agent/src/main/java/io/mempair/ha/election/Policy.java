package io.mempair.ha.election;

/**
 * By which rules a node takes part.
 *
 * @param votesOnly          this is the witness: it answers, and never asks
 * @param witnessed          three voters of whom two must agree; else two, of whom one may go on alone
 * @param tieBreaker         whether there is something that dies with neither node and must answer one that is alone
 * @param preempts           whether this node takes its place back from one of lower priority
 * @param preemptDelayNanos  how long it must have been able to before it does
 */
public record Policy(
        boolean votesOnly, boolean witnessed, boolean tieBreaker, boolean preempts, long preemptDelayNanos) {

    /** Two nodes without a tie-breaker: they prefer to serve. */
    public static final Policy PAIR = new Policy(false, false, false, false, 0);

    /** A node of two that have a witness. */
    public static final Policy WITNESSED = new Policy(false, true, false, false, 0);

    /** The witness itself. */
    public static final Policy WITNESS = new Policy(true, true, false, false, 0);
}
