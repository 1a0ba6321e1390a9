package io.mempair.ha.election;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether this node should be active.
 *
 * <p>Immutable and pure: no clock, thread, I/O or JGroups type. The same election and the same event always give
 * the same decision, so a failover seen in production can be replayed from its events. Any thread may read it.
 *
 * <p>The model. Time is a lease: an active node asks its voters for support with every heartbeat, and may serve
 * until the moment it <em>sent</em> the last granted request plus a lease. A voter supports one holder at a time, until
 * the moment it <em>received</em> the request plus a lease; so the voter's promise always outlasts the holder's lease,
 * whatever the network did in between. A promise ends early only when the holder resigned, with its address off
 * the interface, or was proved dead. A view of JGroups decides nothing here: a stalled coordinator believes in
 * an old one, and after a merge the coordinator is a random one.
 *
 * <p>Three voters, two nodes and a witness: a node needs the answer of one of the other two, always, so that at most one
 * is active, however the network is partitioned. Two voters (a pair) need each other's answer while they hear each other. A node whose peer
 * is silent goes on, or goes active, alone, its lease renewed by its own timely ticks as long as its tie-breaker answers: a
 * cut that separates only the two makes both active, and the heal ends that with the first heartbeat heard. Silence is
 * counted only while this node itself was awake.
 *
 * <p>The rules are in {@link Candidacy} (asking), {@link Voting} (answering), {@link PeerMessages} (peers), {@link
 * StateCatchUp} (knowing what the last active node knew), {@link Reign} (lease to open port), {@link TieBreaker} (alone), {@link
 * Maintenance}, {@link StepDown} (back) and {@link Handover} (back with the connections); the way through the phases in {@link Phase}.
 */
public final class Election {

    private final Settings settings;
    private final State state;

    Election(Settings settings, State state) {
        this.settings = settings;
        this.state = state;
    }

    /** An election before its first event. */
    public static Election start(Settings settings, long nowNanos) {
        return new Election(settings, new State(nowNanos));
    }

    /** Applies {@code event}. This election is unchanged. */
    public Decision onEvent(Event event) {
        ElectionContext turn = new ElectionContext(settings, state, event.nowNanos());
        if (state.phase != Phase.STOPPED) {
            Reign.checkLease(turn);
            apply(turn, event);
            StepDown.checkFitness(turn);
            PlacementAgreement.watch(turn);
            StateCatchUp.watch(turn);
            Candidacy.consider(turn);
        }
        return turn.decide();
    }

    private static void apply(ElectionContext turn, Event event) {
        if (event instanceof Event.Tick) {
            onTick(turn);
        } else if (event instanceof Event.Heard heard) {
            PeerMessages.onMessage(turn, heard.message());
        } else if (event instanceof Event.PeerDied died) {
            PeerMessages.onPeerDied(turn, died.name(), died.incarnation());
        } else if (event instanceof Event.ChannelConnected) {
            turn.state.connected = true;
        } else if (event instanceof Event.FitnessChanged changed) {
            StepDown.onFitness(turn, changed.problems());
        } else if (event instanceof Event.PlacementChanged changed) {
            PlacementAgreement.onChanged(turn, changed);
        } else if (event instanceof Event.StateKept kept) {
            StateCatchUp.onKept(turn, kept.version());
        } else if (event instanceof Event.SwitchoverRequested) {
            StepDown.onSwitchover(turn);
        } else if (event instanceof Event.MaintenanceRequested asked) {
            Maintenance.onRequest(turn, asked.standby());
        } else if (event instanceof Event.TieBreakerHeard heard) {
            TieBreaker.onHeard(turn, heard.askedNanos());
        } else if (event instanceof Event.StopRequested) {
            StepDown.onStop(turn);
        } else {
            applyOutcome(turn, event);
        }
    }

    private static void applyOutcome(ElectionContext turn, Event event) {
        if (event instanceof Event.AddressClaimed claimed) {
            Reign.onClaimed(turn, claimed.epoch());
        } else if (event instanceof Event.ClaimFailed failed) {
            Reign.onFailed(turn, failed.epoch(), failed.why());
        } else if (event instanceof Event.AddressLost lost) {
            Reign.onLost(turn, lost.why());
        } else if (event instanceof Event.AddressReleased released) {
            StepDown.onReleased(turn, released.epoch());
        } else if (event instanceof Event.AddressObserved observed) {
            Reign.onObserved(turn, observed.held());
        } else if (event instanceof Event.PortOpened opened) {
            Reign.onOpened(turn, opened.epoch());
        } else if (event instanceof Event.PortFailed failed) {
            Reign.onFailed(turn, failed.epoch(), failed.why());
        } else if (event instanceof Event.Drained drained) {
            StepDown.onDrained(turn, drained.epoch());
        } else {
            applyHandover(turn, event);
        }
    }

    private static void applyHandover(ElectionContext turn, Event event) {
        if (event instanceof Event.HandoverAllowed changed) {
            Handover.onAllowed(turn, changed.allowed());
        } else if (event instanceof Event.HandoverPrepared prepared) {
            Handover.onPrepared(turn, prepared.epoch());
        } else if (event instanceof Event.ConnectionsCopied copied) {
            Handover.onCopied(turn, copied.epoch());
        } else if (event instanceof Event.HandoverFailed failed) {
            Handover.onFailed(turn, failed.epoch(), failed.why());
        } else {
            throw new AssertionError("event without a rule: " + event);
        }
    }

    private static void onTick(ElectionContext turn) {
        PeerMessages.onTick(turn);
        if (turn.state.phase == Phase.REIGNING) {
            turn.state.servedNanos = turn.nowNanos;
        }
        long sinceNanos = turn.nowNanos - turn.state.lastHeartbeatNanos;
        if (sinceNanos >= turn.settings.heartbeatNanos() * 7 / 8) {
            turn.heartbeat();
        }
        Reign.renewAlone(turn);
        Reign.checkTimeouts(turn);
        TieBreaker.handOver(turn);
        StepDown.checkTimeouts(turn);
        Handover.checkTimeouts(turn);
    }

    /** The role of this node. During a step-down it is still the old one. */
    public Role role() {
        return state.role;
    }

    /** The highest epoch known. */
    public long epoch() {
        return state.epoch;
    }

    /** Reason of the current role. */
    public Reason reason() {
        return state.reason;
    }

    /** When the current role began, in nanoseconds. */
    public long sinceNanos() {
        return state.roleSinceNanos;
    }

    /** Whether the interface carried the address at the last observation. */
    public boolean addressSeen() {
        return state.addressSeen;
    }

    /** The address may be on the interface: from the claim until it is released. */
    public boolean mayHaveAddress() {
        return state.phase.mayHaveAddress();
    }

    /** Nanoseconds for which this node may still serve; 0 if it may not. */
    public long leaseRemainingNanos(long nowNanos) {
        return state.leased ? Math.max(0, state.leaseUntilNanos - nowNanos) : 0;
    }

    /** Nanoseconds for which this node still yields to another that is fit, because it lost its reign too often; 0 if it does not. */
    public long heldDownNanos(long nowNanos) {
        Long untilNanos = state.heldDownUntilNanos;
        return untilNanos == null ? 0 : Math.max(0, untilNanos - nowNanos);
    }

    /** Whether this node is in maintenance. */
    public boolean inMaintenance() {
        return state.maintenance;
    }

    /** Every peer ever heard, by name; the witness is one of them. */
    public List<Peer> peers() {
        return List.copyOf(state.peers.values());
    }

    /** Whether {@code peer} was heard within the lease time. */
    public boolean isAlive(Peer peer) {
        return !peer.gone() && peer.silentNanos() < settings.leaseNanos();
    }

    /** How long {@code peer} took to answer the last request for support; null unless this node holds a lease. */
    public @Nullable Long roundTripNanos(Peer peer) {
        return state.leased ? peer.roundTripNanos() : null;
    }

    /** Whether {@code peer} places keys differently from this node. */
    public boolean placesOtherwise(Peer peer) {
        return PlacementAgreement.differs(state, peer);
    }

    /** Whether another node with this node's name is heard. */
    public boolean hearsNamesake(long nowNanos) {
        return Namesake.isHeard(state, settings, nowNanos);
    }

    /** How recent this member's copy of the servers' state is. */
    public StateVersion serverState() {
        return state.serverState;
    }

    /** The active node as far as this node knows, or null. */
    public @Nullable String activeNode() {
        if (state.phase == Phase.REIGNING) {
            return settings.self();
        }
        return state.peers.values().stream()
                .filter(peer -> peer.holds() && peer.role() == Role.ACTIVE && isAlive(peer))
                .map(Peer::name)
                .findFirst()
                .orElse(null);
    }

    @Override
    public String toString() {
        return settings.self() + ' ' + state.phase + " epoch=" + state.epoch + " reign=" + state.reignEpoch;
    }
}
