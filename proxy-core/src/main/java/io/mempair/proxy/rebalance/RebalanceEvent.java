package io.mempair.proxy.rebalance;

/**
 * Something that a rebalance must know. A round is one attempt to fill the next servers: what is reported of an earlier round
 * has no effect.
 */
public sealed interface RebalanceEvent {

    /** Every server that gets keys has its marker, and nothing of an earlier time. */
    record Swept(int round) implements RebalanceEvent {}

    /** Every key that moves was copied once; since the walk began every write was noted. */
    record Walked(int round) implements RebalanceEvent {}

    /** Few keys are late, none is doubtful, and every server is there: the switch may be tried. */
    record Converged(int round) implements RebalanceEvent {}

    /** Copies were lost, or writes were not noted: this round cannot succeed. */
    record Spoiled(int round, String reason) implements RebalanceEvent {}

    /** The servers that were to serve do so. */
    record Switched() implements RebalanceEvent {}

    /** Nothing has changed. */
    record SwitchFailed(String reason) implements RebalanceEvent {}

    /** The former servers are equal no longer, or need not be: there is no way back. */
    record KeepEnded(String reason) implements RebalanceEvent {}

    /** Nothing is left behind, or what is left behind was said. */
    record Tidied() implements RebalanceEvent {}

    /** What was copied is deleted where that was possible. */
    record Undone() implements RebalanceEvent {}

    /** The rebalance is to be given up. */
    record AbortWanted(String reason) implements RebalanceEvent {}

    /** This node no longer serves. */
    record FenceClosed() implements RebalanceEvent {}
}
