package io.mempair.ha.election;

/**
 * The phases of a node between its roles.
 *
 * <pre>
 * STARTING  -> WATCHING   fit and the channel is connected      -> UNFIT      a check failed
 * WATCHING  -> CANDIDATE  nobody is active and no peer is better -> UNFIT
 * CANDIDATE -> CLAIMING   a voter granted, or nobody is there    -> WATCHING  refused, outranked, too late
 * CLAIMING  -> OPENING    the interface carries the address
 * OPENING   -> REIGNING   the port is open
 * CLAIMING, OPENING, REIGNING -> DRAINING (in order) -> RELEASING (or at once)
 * RELEASING -> WATCHING | UNFIT | STOPPED   the address is gone, or the time for it is over
 * RELEASING -> COPYING -> WATCHING | UNFIT | STOPPED   the connections are handed over, see {@link Handover}
 * DRAINING, RELEASING, COPYING -> TAKING_BACK -> REIGNING   the hand-over failed before its commit
 * UNFIT     -> WATCHING   fit again and the back-off is over
 * STARTING  -> VOTING     the witness: it has listened for as long as an earlier run of it may have promised
 * </pre>
 */
enum Phase {
    STARTING(Role.FAULT),
    VOTING(Role.WITNESS),
    UNFIT(Role.FAULT),
    WATCHING(Role.STANDBY),
    CANDIDATE(Role.STANDBY),
    CLAIMING(Role.STANDBY),
    OPENING(Role.STANDBY),
    REIGNING(Role.ACTIVE),
    /** Still holds its lease, so that requests in flight are answered. */
    DRAINING(Role.ACTIVE),
    RELEASING(Role.ACTIVE),
    /** The address is off, the lease lasts, and the peer gets copies of the connections. */
    COPYING(Role.ACTIVE),
    /** Becomes active again in the same reign. */
    TAKING_BACK(Role.ACTIVE),
    STOPPED(Role.FAULT);

    /** The role of a node in this phase; during a step-down it keeps the old one. */
    private final Role role;

    Phase(Role role) {
        this.role = role;
    }

    Role role() {
        return role;
    }

    /** Whether the node is becoming active, or is active. */
    boolean holds() {
        return this == CLAIMING || this == OPENING || this == REIGNING || this == TAKING_BACK;
    }

    boolean leaves() {
        return this == DRAINING || this == RELEASING || this == COPYING;
    }

    /** The address may be on the interface. */
    boolean mayHaveAddress() {
        return holds() || leaves();
    }
}
