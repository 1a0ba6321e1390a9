package io.mempair.ha.election;

/**
 * Settings of an election. Every other time is a multiple of heartbeat and lease, or a constant.
 *
 * @param self            name of this node, unique in the pair
 * @param priority        1..254; the higher one becomes active when nobody is, ties go to the lower name
 * @param incarnation     differs from one start of the process to the next
 * @param heartbeatNanos  time between two heartbeats
 * @param leaseNanos      validity of one answer of a voter
 * @param initNanos       how long a starting node listens before it acts alone; at least a lease, because a restarted
 *     voter has forgotten its promises
 * @param claimNanos      time allowed for the address to be on the interface, and for the port to open
 * @param policy          its rules
 */
public record Settings(
        String self,
        int priority,
        long incarnation,
        long heartbeatNanos,
        long leaseNanos,
        long initNanos,
        long claimNanos,
        Policy policy) {

    private static final long MILLIS = 1_000_000;

    /** The default of {@code claimNanos}, without hooks. */
    public static final long CLAIM_NANOS = 1_000 * MILLIS;

    /** Time for requests in flight in an orderly step-down. */
    public static final long DRAIN_NANOS = 200 * MILLIS;

    /** Time the proxy may take beyond {@link #DRAIN_NANOS} before the address goes anyway. */
    static final long DRAIN_SLACK_NANOS = 100 * MILLIS;

    /** Time allowed for the address to leave the interface; afterwards the kernel's own limit removes it. */
    static final long RELEASE_NANOS = 500 * MILLIS;

    /** How long a node that handed over yields to its peer. */
    static final long HOLD_OFF_NANOS = 2_000 * MILLIS;

    /** How long a node waits for a higher ranked peer that does not claim. */
    static final long PATIENCE_NANOS = 2_000 * MILLIS;

    /** How long a node waits for the servers' state of a living member that has a more recent copy. */
    static final long CATCH_UP_NANOS = 5_000 * MILLIS;

    /** First pause after a failed claim; it doubles up to {@link #MAX_BACK_OFF_NANOS}. */
    static final long BACK_OFF_NANOS = 2_000 * MILLIS;

    static final long MAX_BACK_OFF_NANOS = 32_000 * MILLIS;

    /** Reigns lost within this time count together. */
    static final long FLAPPING_NANOS = 60_000 * MILLIS;

    /** Number of losses that starts a hold-down: first for {@link #HOLD_DOWN_NANOS}, doubled by each further loss. */
    static final int FLAPPING_LOSSES = 3;

    static final long HOLD_DOWN_NANOS = 2_000 * MILLIS;

    static final long MAX_HOLD_DOWN_NANOS = 32_000 * MILLIS;

    public Settings {
        if (heartbeatNanos < 1 || leaseNanos < 5 * heartbeatNanos) {
            throw new IllegalArgumentException(
                    "lease: " + leaseNanos + " ns (expected: at least 5 heartbeats of " + heartbeatNanos + " ns)");
        }
        if (initNanos < leaseNanos) {
            throw new IllegalArgumentException("init: " + initNanos + " ns (expected: at least a lease)");
        }
    }

    /**
     * How long a holder uses an answer, from the time it asked: 1 % less than the voter promised, because clocks drift.
     */
    long heldNanos() {
        return leaseNanos - leaseNanos / 100;
    }

    /** Silence after which a node that wants to become active considers a peer gone. */
    long detectionNanos() {
        return leaseNanos - 2 * heartbeatNanos;
    }

    /** Silence after which an active node no longer counts on a peer and continues alone. */
    long missingNanos() {
        return 3 * heartbeatNanos;
    }
}
