package io.mempair.ha.election;

/**
 * The rules by which a node takes part.
 *
 * @param votesOnly          whether this is the witness, which votes and never asks
 * @param witnessed          whether there are three voters of whom two must agree; otherwise two, of whom one may
 *     continue alone
 * @param tieBreaker         whether a lone node must reach a tie-breaker, which fails with neither node
 * @param preempts           whether this node replaces an active node of lower priority
 * @param preemptDelayNanos  how long it must have been eligible before it preempts
 */
public record Policy(
        boolean votesOnly, boolean witnessed, boolean tieBreaker, boolean preempts, long preemptDelayNanos) {

    /** Two nodes without a tie-breaker; they prefer to serve. */
    public static final Policy PAIR = new Policy(false, false, false, false, 0);

    /** A node of a pair with a witness. */
    public static final Policy WITNESSED = new Policy(false, true, false, false, 0);

    /** The witness itself. */
    public static final Policy WITNESS = new Policy(true, true, false, false, 0);
}
