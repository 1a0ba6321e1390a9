package io.mempair.ha.election;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything an {@link Election} remembers. Each event works on its own {@link #copy}, which nobody changes once the
 * decision is made. All times are on this node's clock.
 */
final class State implements Cloneable {

    /** A promise to support {@code holder}, and nobody else, until then. */
    record Promise(String holder, long epoch, long untilNanos) {}

    /** A leave under way: where to, why, and whether the peer is left the way for a while. */
    record Leave(Phase after, Reason reason) {}

    Phase phase = Phase.STARTING;
    long phaseSinceNanos;
    Role role = Role.FAULT;
    long roleSinceNanos;
    Reason reason = new Reason(Reason.Cause.STARTED, "starting");

    /** Highest epoch known: of reigns and of grants, not of candidacies nobody answered. */
    long epoch;

    /** The epoch this node asks support for; 0 when it asks for none. */
    long reignEpoch;

    boolean leased;
    long leaseUntilNanos;

    /** Why this node wants, or wanted, to be active; and the peer nobody knows to have let go. */
    Reason claimReason = reason;

    @Nullable
    String fence;

    long transitionSinceNanos;

    /** Null until the checks have spoken. */
    @Nullable
    List<String> problems;

    final long startedNanos;
    boolean connected;
    boolean closing;

    /** Whether a peer was heard, or the time to wait for one at start is over. */
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

    /** No candidacy before; null when nothing bars it. */
    @Nullable
    Long barredUntilNanos;

    /** No candidacy before if another node would take over; null when the reign was not lost again and again. */
    @Nullable
    Long heldDownUntilNanos;

    /** Claims that failed in a row, and until when this node stays unfit for that. */
    int failedClaims;

    @Nullable
    Long backOffUntilNanos;

    /** The address was lost while active and must be back by then. */
    @Nullable
    Long reclaimByNanos;

    /** Since when nobody is active as far as this node knows. */
    @Nullable
    Long nobodySinceNanos;

    boolean switchover;
    long switchoverSinceNanos;

    /** The active node has said that it goes on alone. */
    boolean alone;

    /** When the tie-breaker was asked what it has answered; null before its first answer. */
    @Nullable
    Long tieAskedNanos;

    /** When this node or another was last seen to be active; null when none ever was. */
    @Nullable
    Long servedNanos;

    /** Since when it has answered without a gap. */
    long tieSinceNanos;

    /** A lease was lost, and nobody was heard since: this node may be deaf. */
    boolean deaf;

    /** The operator took this node out; {@code maintenanceAnswered} once he was told so. */
    boolean maintenance;

    boolean maintenanceAnswered;

    /** Since when this node could take over. */
    @Nullable
    Long eligibleSinceNanos;

    /** When the last reigns were lost against this node's will; nobody changes the list. */
    List<Long> lossesNanos = List.of();

    /** A peer claims to be active besides this node. */
    boolean conflict;

    boolean addressSeen;

    /** By what this node places keys, and the peers heard that do otherwise; nobody changes the list. */
    long placement = Message.UNKNOWN_PLACEMENT;

    List<String> differing = List.of();

    /** The last reign of this node; 0 when it had none. */
    long lastReign;

    /** When another node was last heard that has this node's name. */
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
     * The state the next event works on. Every field is copied, also one that is added later: what the fields refer to is never
     * changed, and {@link #peers} is a map of its own.
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
