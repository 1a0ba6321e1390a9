package io.mempair.ha.election;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The state of an {@link Election}. Each event works on its own {@link #copy}, which is immutable once the decision is
 * made. All times are on this node's clock.
 */
final class State implements Cloneable {

    /** A promise to support only {@code holder} until then. */
    record Promise(String holder, long epoch, long untilNanos) {}

    /** A step-down in progress: the next phase and the reason. */
    record Leave(Phase after, Reason reason) {}

    /** A step-down that waits until the peer is ready to take the connections. */
    record Preparing(Leave leave, long sinceNanos) {}

    Phase phase = Phase.STARTING;
    long phaseSinceNanos;
    Role role = Role.FAULT;
    long roleSinceNanos;
    Reason reason = new Reason(Reason.Cause.STARTED, "starting");

    /** Highest known epoch of reigns and grants, not of unanswered candidacies. */
    long epoch;

    /** The epoch this node requests support for; 0 if none. */
    long reignEpoch;

    boolean leased;
    long leaseUntilNanos;

    /** Reason of the last claim, and the peer to fence before it. */
    Reason claimReason = reason;

    @Nullable
    String fence;

    long transitionSinceNanos;

    /** Problems found by the checks; null until every check has reported. */
    @Nullable
    List<String> problems;

    final long startedNanos;
    boolean connected;
    boolean closing;

    /** Whether a peer was heard, or the initial wait is over. */
    boolean settled;

    /** How long this node has listened without a pause of its own. */
    long listenedNanos;

    long lastTickNanos;
    long lastHeartbeatNanos;
    Map<String, Peer> peers = new TreeMap<>();

    @Nullable
    Promise promise;

    @Nullable
    Leave leave;

    /** Whether a step-down hands the connections over, if it can. */
    boolean handover;

    @Nullable
    Preparing preparing;

    /** Whether this step-down hands the connections over; and why it fails, if that is known already. */
    boolean moving;

    @Nullable
    String handoverFailure;

    /** No hand-over before this time; null if none is barred. */
    @Nullable
    Long noHandoverUntilNanos;

    /** No candidacy before this time; null if none is barred. */
    @Nullable
    Long barredUntilNanos;

    /** End of the hold-down, during which this node yields to an eligible peer; null if there is none. */
    @Nullable
    Long heldDownUntilNanos;

    /** Consecutive failed claims, and the end of the resulting back-off. */
    int failedClaims;

    @Nullable
    Long backOffUntilNanos;

    /** Deadline to reclaim an address lost while active. */
    @Nullable
    Long reclaimByNanos;

    /** Since when no node is active, as far as this node knows. */
    @Nullable
    Long nobodySinceNanos;

    boolean switchover;
    long switchoverSinceNanos;

    /** Whether this active node has logged that it continues alone. */
    boolean alone;

    /** When the last answered probe of the tie-breaker was sent; null before its first answer. */
    @Nullable
    Long tieAskedNanos;

    /** When this or another node was last seen active; null if never. */
    @Nullable
    Long servedNanos;

    /** Since when the tie-breaker has answered without a gap. */
    long tieSinceNanos;

    /** A lease was lost and no peer heard since: this node may not receive messages. */
    boolean deaf;

    /** Whether the operator took this node out; {@code maintenanceAnswered} once the request is answered. */
    boolean maintenance;

    boolean maintenanceAnswered;

    /** Since when this node has been eligible. */
    @Nullable
    Long eligibleSinceNanos;

    /** When recent reigns were lost involuntarily; the list is immutable. */
    List<Long> lossesNanos = List.of();

    /** Whether a peer claims to be active as well. */
    boolean conflict;

    boolean addressSeen;

    /** This node's placement of keys. */
    long placement = Message.UNKNOWN_PLACEMENT;

    /** The placement to which, or from which, keys move; else unknown. */
    long otherPlacement = Message.UNKNOWN_PLACEMENT;

    /** The peers heard whose placement differs; immutable. */
    List<String> differing = List.of();

    /** How recent this member's copy of the servers' state is. */
    StateVersion serverState = StateVersion.NONE;

    /** Since when another member has a more recent one while nobody is active; null if none has. */
    @Nullable
    Long behindSinceNanos;

    /** Epoch of this node's last reign; 0 if it had none. */
    long lastReign;

    /** When another node with this node's name was last heard. */
    @Nullable
    Long namesakeNanos;

    State(long nowNanos) {
        startedNanos = nowNanos;
        phaseSinceNanos = nowNanos;
        roleSinceNanos = nowNanos;
        transitionSinceNanos = nowNanos;
        lastTickNanos = nowNanos;
        lastHeartbeatNanos = nowNanos;
        leaseUntilNanos = nowNanos;
    }

    /**
     * The state for the next event. Copies every field, also fields added later: the referenced values are immutable,
     * and {@link #peers} is copied.
     */
    State copy() {
        try {
            State copy = (State) super.clone();
            copy.peers = new TreeMap<>(peers);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }
}
