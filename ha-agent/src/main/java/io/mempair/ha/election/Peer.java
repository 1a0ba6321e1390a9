package io.mempair.ha.election;

import io.mempair.ha.election.Message.Heartbeat;
import org.jspecify.annotations.Nullable;

/**
 * Another member as last heard.
 *
 * @param said           its last heartbeat, without claims it has withdrawn since
 * @param firstNanos     when this incarnation was first heard, on this node's clock
 * @param heardNanos     when it was last heard, on this node's clock
 * @param silentNanos    how long it has been silent while this node listened
 * @param resignedEpoch  the last reign it resigned
 * @param departure      whether and how it left
 * @param roundTripNanos from this node's last answered request for support to the answer; null before the first
 */
public record Peer(
        Heartbeat said,
        long firstNanos,
        long heardNanos,
        long silentNanos,
        long resignedEpoch,
        Departure departure,
        @Nullable Long roundTripNanos) {

    /** A new incarnation of the peer. */
    static Peer first(Heartbeat heard, long nowNanos) {
        return new Peer(heard, nowNanos, nowNanos, 0, 0, Departure.NONE, null);
    }

    /** The same incarnation, heard again. */
    Peer again(Heartbeat heard, long nowNanos) {
        return new Peer(heard, firstNanos, nowNanos, 0, resignedEpoch, Departure.NONE, roundTripNanos);
    }

    Peer resigned(Message.Resign resign) {
        boolean over = said.reignEpoch() <= resign.epoch();
        Role role = over && said.role() == Role.ACTIVE ? Role.STANDBY : said.role();
        Heartbeat left = asIfSaid(role, false, said.reignEpoch(), said.holds(), resign.sentNanos(), said.state());
        return new Peer(
                left,
                firstNanos,
                heardNanos,
                silentNanos,
                Math.max(resignedEpoch, resign.epoch()),
                resign.closing() ? Departure.STOPPED : Departure.NONE,
                roundTripNanos);
    }

    Peer lost() {
        Role role = isWitness() ? Role.WITNESS : Role.FAULT;
        Heartbeat last = asIfSaid(role, false, 0, false, said.sentNanos(), said.state());
        return new Peer(last, firstNanos, heardNanos, silentNanos, resignedEpoch, Departure.DIED, roundTripNanos);
    }

    private Heartbeat asIfSaid(
            Role role, boolean eligible, long reignEpoch, boolean holds, long sentNanos, StateVersion state) {
        return new Heartbeat(
                said.from(),
                said.incarnation(),
                said.priority(),
                role,
                eligible,
                said.epoch(),
                reignEpoch,
                holds,
                sentNanos,
                said.terms(),
                state,
                said.echoes());
    }

    /**
     * The same peer, after an answer to a request for support.
     *
     * @param state           how recent its copy of the servers' state is
     * @param roundTripNanos  from the request to the answer, or what was measured before
     */
    Peer answered(StateVersion state, @Nullable Long roundTripNanos) {
        StateVersion newer = state.isNewerThan(said.state()) ? state : said.state();
        Heartbeat last =
                asIfSaid(said.role(), said.eligible(), said.reignEpoch(), said.holds(), said.sentNanos(), newer);
        return new Peer(last, firstNanos, heardNanos, 0, resignedEpoch, departure, roundTripNanos);
    }

    Peer silentFor(long silence) {
        return new Peer(said, firstNanos, heardNanos, silence, resignedEpoch, departure, roundTripNanos);
    }

    /** Whether it stopped for good, or was proved dead. */
    boolean gone() {
        return departure != Departure.NONE;
    }

    /** Its name. */
    public String name() {
        return said.from();
    }

    /** Its incarnation. */
    public long incarnation() {
        return said.incarnation();
    }

    /** Its priority. */
    public int priority() {
        return said.priority();
    }

    /** Its role. */
    public Role role() {
        return said.role();
    }

    /** Whether it votes and never serves. */
    public boolean isWitness() {
        return said.role() == Role.WITNESS;
    }

    /** Whether it would take over now. */
    public boolean eligible() {
        return said.eligible();
    }

    /** The epoch it requests support for, or 0. */
    public long reignEpoch() {
        return said.reignEpoch() > resignedEpoch ? said.reignEpoch() : 0;
    }

    /** How recent its copy of the servers' state is. */
    public StateVersion state() {
        return said.state();
    }

    /** Whether it holds a lease. */
    public boolean holds() {
        return said.holds() && reignEpoch() != 0;
    }

    /** When its last message was sent, on its clock; older messages are ignored. */
    public long sentNanos() {
        return said.sentNanos();
    }

    /** Whether it beats {@code other}: higher priority, ties to the lower name. */
    boolean outranks(Settings other) {
        return priority() != other.priority() ? priority() > other.priority() : name().compareTo(other.self()) < 0;
    }
}
