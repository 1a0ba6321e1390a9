package io.mempair.ha.agent;

import io.mempair.ha.agent.PeerAcks.HeardPeer;
import io.mempair.ha.agent.PeerAcks.Settled;
import io.mempair.ha.election.Election;
import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Peer;
import io.mempair.ha.election.Role;
import io.mempair.ha.election.Settings;
import io.mempair.ha.group.Group;
import io.mempair.ha.group.ServerStateMessage;
import io.mempair.ha.group.ServerStateMessage.StateAck;
import io.mempair.ha.group.ServerStateMessage.StateUpdate;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.server.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replicates the active node's server state to the standby. The active node sends it at every change and repeats it
 * with each heartbeat; the standby adopts it and acknowledges the version; the active node's proxy learns which version
 * the peers have. Agent thread, except {@link #follow}: so nothing is adopted or acknowledged once the election has
 * decided to claim.
 */
final class ServerStateReplicator {

    private static final Logger LOG = LoggerFactory.getLogger(ServerStateReplicator.class);

    private final Proxy proxy;
    private final Group group;
    private final Settings settings;
    private final PeerAcks confirmations;
    private final UpdateFilter lessons = new UpdateFilter();
    private final AtomicBoolean changeQueued = new AtomicBoolean();
    private Election election;

    /** The epoch of this node's reign while it holds a lease, else 0. */
    private long reignEpoch;

    /** The version last reported to the proxy as known; 0 for none. */
    private long announced;

    private boolean refused;

    /**
     * @param start  before the first event
     */
    ServerStateReplicator(Proxy proxy, Group group, Settings settings, Election start) {
        this.proxy = proxy;
        this.group = group;
        this.settings = settings;
        this.election = start;
        this.confirmations = new PeerAcks(settings.leaseNanos());
    }

    /**
     * Sends every change of the proxy's state immediately. If the queue is full, the next heartbeat carries the change.
     */
    void follow(EventQueue events) {
        proxy.onKnowledge(() -> {
            if (changeQueued.compareAndSet(false, true) && !events.putTask(this::onChange)) {
                changeQueued.set(false);
            }
        });
    }

    private void onChange(long nowNanos) {
        changeQueued.set(false);
        tell(nowNanos);
        settle(nowNanos);
    }

    /** After each heartbeat of this node. */
    void heartbeatSent(Heartbeat sent) {
        reignEpoch = sent.holds() ? sent.reignEpoch() : 0;
        if (reignEpoch != 0) {
            lessons.forget(); // from now on this node determines the state itself
        }
        tell(sent.sentNanos());
    }

    private void tell(long nowNanos) {
        ServerKnowledge knowledge = proxy.knowledge();
        if (reignEpoch == 0 || knowledge.version() == ServerKnowledge.NONE.version()) {
            return;
        }
        confirmations.told(reignEpoch, knowledge.version(), nowNanos);
        try {
            group.send(new StateUpdate(settings.self(), settings.incarnation(), reignEpoch, knowledge));
            refused = false;
        } catch (IllegalArgumentException tooMuch) {
            if (!refused) {
                LOG.error("cannot send the server state to the peers: {}", tooMuch.getMessage());
            }
            refused = true;
        }
    }

    /** A peer sent server state. */
    void heard(ServerStateMessage message, long nowNanos) {
        if (message instanceof StateAck taken) {
            if (taken.ofIncarnation() == settings.incarnation()) {
                confirmations.taken(taken.from(), taken.incarnation(), taken.epoch(), taken.version());
                settle(nowNanos);
            }
        } else if (message instanceof StateUpdate told && mayLearn() && isActive(told)) {
            learn(told);
        }
    }

    private boolean mayLearn() {
        return election.role() != Role.ACTIVE && !election.mayHaveAddress();
    }

    /** Whether the election considers the sender active in this reign. If not yet, the next repetition counts. */
    private boolean isActive(StateUpdate told) {
        return election.peers().stream()
                .anyMatch(peer -> peer.name().equals(told.from())
                        && peer.incarnation() == told.incarnation()
                        && peer.holds()
                        && peer.reignEpoch() == told.epoch());
    }

    private void learn(StateUpdate told) {
        UpdateFilter.UpdateVerdict verdict = lessons.judge(told);
        if (verdict == UpdateFilter.UpdateVerdict.LEARN) {
            proxy.learn(told.knowledge());
        }
        if (verdict != UpdateFilter.UpdateVerdict.IGNORE) {
            group.send(
                    told.from(),
                    new StateAck(
                            settings.self(),
                            settings.incarnation(),
                            told.incarnation(),
                            told.epoch(),
                            told.knowledge().version()));
        }
    }

    /** The proxy may have new servers, whose state it ignored so far. */
    void onReloaded(long nowNanos) {
        lessons.forget();
        onChange(nowNanos);
    }

    /** After each event of the election. */
    void turnEnded(Election next, long nowNanos) {
        election = next;
        settle(nowNanos);
    }

    private void settle(long nowNanos) {
        if (reignEpoch == 0) {
            return;
        }
        List<HeardPeer> heard = election.peers().stream()
                .filter(peer -> election.isAlive(peer) && !peer.isWitness())
                .map(ServerStateReplicator::heard)
                .toList();
        Settled settled = confirmations.settle(heard, nowNanos);
        settled.late()
                .forEach(name -> LOG.warn(
                        "{} does not acknowledge the server state: no longer waiting for it event=peer_unacknowledged",
                        name));
        settled.caughtUp()
                .forEach(name -> LOG.info("{} acknowledges the server state again event=peer_acknowledges", name));
        if (settled.known() > announced) {
            announced = settled.known();
            proxy.knownToPeers(announced);
        }
    }

    private static HeardPeer heard(Peer peer) {
        return new HeardPeer(peer.name(), peer.incarnation());
    }
}
