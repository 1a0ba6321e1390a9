package io.mempair.ha.election;

/**
 * Why a role changed.
 *
 * @param cause  its class, for metrics
 * @param text   for the operator
 */
public record Reason(Cause cause, String text) {

    /** The classes of reasons; a tag of {@code mempair_transitions_total}. */
    public enum Cause {
        STARTED,
        NOBODY_ACTIVE,
        PEER_SILENT,
        PEER_DIED,
        PEER_RESIGNED,
        LEASE_LOST,
        HIGHER_EPOCH,
        UNFIT,
        FIT_AGAIN,
        CLAIM_FAILED,
        SWITCHOVER,
        PREEMPTED,
        MAINTENANCE,
        STOP
    }
}
