package io.mempair.proxy.replication;

/**
 * The phases of a server of a pool with two copies, from its loss to its return. {@link #after} is the only table of
 * transitions of a node that is active; one that is not adopts the status that the active one sends ({@link #of}). {@link
 * ReplicaState} keeps the phase of one server. Pure.
 *
 * <pre>
 *               missed             drain              replay            repaired             refilled
 *   SERVING ------------> OUT -----------> DRAINING ----------> REPLAYING ----------> REFILLING ----------> SERVING
 *                        |   ^                |                   |    ^                  ^
 *               hold down|   |given up        |given up      flush|    |flushed           |restarted, or added: empty
 *                        v   |                v                   v    |                  |
 *                    HELD_DOWN               OUT                FLUSHING               SERVING
 * </pre>
 */
public enum ReplicaPhase {

    /** It holds every acknowledged write that it did not evict. */
    SERVING(ReplicaStatus.SERVING),

    /** Its items are up to date, but it may lack keys of the other copy. */
    REFILLING(ReplicaStatus.REFILLING),

    /** It missed a write, or may have. Its return has not started, for example because it is not connected. */
    OUT(ReplicaStatus.OUT),

    /** Like {@link #OUT}; it stays out for a while because it failed often. */
    HELD_DOWN(ReplicaStatus.OUT),

    /** It is connected on every loop and answers what was sent to it before it went out. */
    DRAINING(ReplicaStatus.OUT),

    /** The keys of its journal are being deleted on it. */
    REPLAYING(ReplicaStatus.OUT),

    /** Its journal overflowed or is incomplete: it is being flushed. */
    FLUSHING(ReplicaStatus.OUT);

    /** The events that change the phase. */
    public enum ReplicaEvent {
        /** It missed a write, or may have. */
        MISSED,
        /** It has restarted, hence is empty; or it was added to a pool in use. */
        EMPTY,
        /** Its hold-down is not over. */
        HOLD_DOWN,
        /** The loops wait for its outstanding replies. */
        DRAIN,
        /** The replay of its journal starts. */
        REPLAY,
        /** A verified flush starts. */
        FLUSH,
        /** The flush is verified; the keys missed meanwhile are replayed next. */
        FLUSHED,
        /** A step of its return failed. */
        GIVEN_UP,
        /** It holds no outdated item. */
        REPAIRED,
        /** It lacks no key of the other copy. */
        REFILLED
    }

    private final ReplicaStatus status;

    ReplicaPhase(ReplicaStatus status) {
        this.status = status;
    }

    /** The status of a server in this phase. */
    public ReplicaStatus status() {
        return status;
    }

    /** The next phase; this one if the event has no effect. */
    public ReplicaPhase after(ReplicaEvent event) {
        return switch (this) {
            case SERVING ->
                switch (event) {
                    case MISSED -> OUT;
                    case EMPTY -> REFILLING;
                    default -> this;
                };
            case REFILLING ->
                switch (event) {
                    case MISSED -> OUT;
                    case REFILLED -> SERVING;
                    default -> this;
                };
            case OUT, HELD_DOWN ->
                switch (event) {
                    case HOLD_DOWN -> HELD_DOWN;
                    case DRAIN -> DRAINING;
                    case REPLAY -> REPLAYING;
                    case REPAIRED -> REFILLING;
                    default -> this;
                };
            case DRAINING ->
                switch (event) {
                    case REPLAY -> REPLAYING;
                    case GIVEN_UP -> OUT;
                    case REPAIRED -> REFILLING;
                    default -> this;
                };
            case REPLAYING ->
                switch (event) {
                    case FLUSH -> FLUSHING;
                    case GIVEN_UP -> OUT;
                    case REPAIRED -> REFILLING;
                    default -> this;
                };
            case FLUSHING ->
                switch (event) {
                    case FLUSHED -> REPLAYING;
                    case GIVEN_UP -> OUT;
                    default -> this;
                };
        };
    }

    /** The phase of a server that a peer reports with this status. */
    static ReplicaPhase of(ReplicaStatus reported) {
        return switch (reported) {
            case SERVING -> SERVING;
            case REFILLING -> REFILLING;
            case OUT -> OUT;
        };
    }
}
