package io.mempair.proxy.replication;

/**
 * Where a server of a pool with two copies stands between its loss and its return. {@link #after} is the only table of the
 * transitions; {@link ReplicaState} keeps the phase of one server. Pure.
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

    /** It holds every write that was acknowledged, as far as it did not evict it. */
    SERVING(ReplicaStatus.SERVING),

    /** What it holds is up to date, but it may lack what the other copy has. */
    REFILLING(ReplicaStatus.REFILLING),

    /** A write missed it, or may have. Nobody tries to take it back: it is not connected, or nothing has begun. */
    OUT(ReplicaStatus.OUT),

    /** As {@link #OUT}, and kept away for a while because it failed often. */
    HELD_DOWN(ReplicaStatus.OUT),

    /** It is connected on every loop, and answers what was sent to it before it was out. */
    DRAINING(ReplicaStatus.OUT),

    /** The keys of its journal are deleted on it. */
    REPLAYING(ReplicaStatus.OUT),

    /** Its journal does not know every key: it is made to forget everything. */
    FLUSHING(ReplicaStatus.OUT);

    /** What happens to a server. */
    public enum Event {
        /** A write missed it, or may have. */
        MISSED,
        /** It is another process now, hence empty; or it was added to a pool that has been in use. */
        EMPTY,
        /** It may not return yet. */
        HOLD_DOWN,
        /** It is asked to answer all that was sent to it. */
        DRAIN,
        /** Its journal is replayed. */
        REPLAY,
        /** It is flushed. */
        FLUSH,
        /** It has forgotten everything; what it missed meanwhile is replayed. */
        FLUSHED,
        /** A step of its return failed. */
        GIVEN_UP,
        /** It holds nothing that is out of date. */
        REPAIRED,
        /** It lacks nothing that the other copy has. */
        REFILLED
    }

    private final ReplicaStatus status;

    ReplicaPhase(ReplicaStatus status) {
        this.status = status;
    }

    /** What the server is good for in this phase. */
    public ReplicaStatus status() {
        return status;
    }

    /** The phase behind this one; the same where the event changes nothing. */
    public ReplicaPhase after(Event event) {
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

    /** The phase of a server of which a peer says that it is good for this. */
    static ReplicaPhase of(ReplicaStatus told) {
        return switch (told) {
            case SERVING -> SERVING;
            case REFILLING -> REFILLING;
            case OUT -> OUT;
        };
    }
}
