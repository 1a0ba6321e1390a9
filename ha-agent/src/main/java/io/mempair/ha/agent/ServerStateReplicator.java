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
 * Has the standby know what the active node knows of the servers. The active node tells it at once when it changed and
 * repeats it with each heartbeat; the standby takes it over and confirms the version; the active node's proxy hears which
 * version the peers have. Agent thread, but for {@link #follow}: so nothing is learnt, or confirmed, once the election
 * has decided to claim.
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

    /** The epoch of this node's reign while it has a lease for it, else 0. */
    private long reignEpoch;

    /** The version the proxy heard is known; 0 is the one that says nothing. */
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

    /** Has every change of the proxy's knowledge told at once. A change the queue has no room for goes with a heartbeat. */
    void follow(EventQueue events) {
        proxy.onKnowledge(changed -> {
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
            lessons.forget(); // from here this node finds out for itself
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
                LOG.error("the peers cannot be told of the servers: {}", tooMuch.getMessage());
            }
            refused = true;
        }
    }

    /** A peer said something of the servers. */
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

    /** Whether the election takes the sender for active, in this reign. If it does not yet, the repetition will do. */
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

    /** The proxy may have other servers now, of which it could not learn before. */
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
                .forEach(name -> LOG.warn("{} does not confirm what it is told of the servers: not waiting", name));
        settled.caughtUp().forEach(name -> LOG.info("{} confirms again what it is told of the servers", name));
        if (settled.known() > announced) {
            announced = settled.known();
            proxy.knownToPeers(announced);
        }
    }

    private static HeardPeer heard(Peer peer) {
        return new HeardPeer(peer.name(), peer.incarnation());
    }
}
