package io.mempair.ha.agent;

import io.mempair.ha.election.Election;
import io.mempair.ha.election.Event;
import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Peer;
import io.mempair.ha.election.PeerAcks;
import io.mempair.ha.election.PeerAcks.Settled;
import io.mempair.ha.election.Settings;
import io.mempair.ha.election.StateCopy;
import io.mempair.ha.election.StateCopy.Receipt;
import io.mempair.ha.election.StateVersion;
import io.mempair.ha.group.Group;
import io.mempair.ha.group.ServerStateMessage;
import io.mempair.ha.group.ServerStateMessage.StateAck;
import io.mempair.ha.group.ServerStateMessage.StateUpdate;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.server.Proxy;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replicates the active node's server state to the standby and to the witness. The active node sends it at every change
 * and repeats it with each heartbeat; the others keep it and acknowledge the version; the active node's proxy learns
 * which version counts as known. While nobody is active, whoever has the most recent copy sends it to those who have an
 * older one. Agent thread, except {@link #follow}: so nothing is adopted or acknowledged once the election has decided
 * to claim.
 */
final class ServerStateReplicator {

    private static final Logger LOG = LoggerFactory.getLogger(ServerStateReplicator.class);

    private final Proxy proxy;
    private final Group group;
    private final Settings settings;
    private final EventQueue events;
    private final PeerAcks acks;
    private final AtomicBoolean changeQueued = new AtomicBoolean();
    private final Runnable layoutChanged;
    private Election election;

    /** The epoch of this node's reign while it holds a lease, else 0. */
    private long reignEpoch;

    /** The most recent state: this node's own, of its current or last reign, or the one it was sent since. */
    private KeptState kept = KeptState.NONE;

    /** The version last reported to the proxy as known; 0 for none. */
    private long announced;

    /** The version last reported to the proxy as acknowledged; 0 for none. */
    private long acknowledged;

    private boolean refused;

    /**
     * @param events         the agent's queue
     * @param start          before the first event
     * @param layoutChanged  runs when other servers may lead
     */
    ServerStateReplicator(
            Proxy proxy, Group group, Settings settings, EventQueue events, Election start, Runnable layoutChanged) {
        this.proxy = proxy;
        this.group = group;
        this.settings = settings;
        this.events = events;
        this.layoutChanged = layoutChanged;
        this.election = start;
        this.acks = new PeerAcks(settings.leaseNanos(), settings.policy().witnessed());
    }

    /**
     * Sends every change of the proxy's state immediately. If the queue is full, the next heartbeat carries the change.
     */
    void follow() {
        proxy.onKnowledge(() -> {
            if (changeQueued.compareAndSet(false, true) && !events.putTask(this::onChange)) {
                changeQueued.set(false);
            }
        });
    }

    private void onChange(long nowNanos) {
        changeQueued.set(false);
        layoutChanged.run();
        tell(nowNanos);
        settle(nowNanos);
    }

    /** After each heartbeat of this node. */
    void heartbeatSent(Heartbeat sent) {
        long now = sent.holds() ? sent.reignEpoch() : 0;
        if (now == 0 && reignEpoch != 0) {
            keepOwn(proxy.knowledge(), sent.sentNanos()); // what it found out last
        }
        reignEpoch = now;
        tell(sent.sentNanos());
    }

    private void tell(long nowNanos) {
        ServerKnowledge knowledge = proxy.knowledge();
        if (reignEpoch == 0 || knowledge.version() == ServerKnowledge.NONE.version()) {
            return;
        }
        acks.sent(reignEpoch, knowledge.version(), nowNanos);
        try {
            group.send(new StateUpdate(settings.self(), settings.incarnation(), reignEpoch, knowledge));
            keepOwn(knowledge, nowNanos); // not what cannot be sent: nobody could wait for it
            refused = false;
        } catch (IllegalArgumentException tooMuch) {
            acks.notSent();
            if (!refused) {
                LOG.error("cannot send the server state to the peers: {}", tooMuch.getMessage());
            }
            refused = true;
        }
    }

    private void keepOwn(ServerKnowledge knowledge, long nowNanos) {
        if (knowledge.version() == ServerKnowledge.NONE.version()) {
            return;
        }
        KeptState before = kept;
        kept = new KeptState(StateCopy.own(new StateVersion(reignEpoch, knowledge.version())), knowledge, nowNanos);
        if (!kept.version().equals(before.version())) {
            events.put(now -> new Event.StateKept(now, kept.version()));
        }
    }

    /** Sends this node's copy to a member whose copy is older. */
    void sendTo(String name, long nowNanos) {
        if (!kept.isEmpty()) {
            group.send(name, kept.sentBy(settings, nowNanos));
        }
    }

    /**
     * A peer sent server state, or acknowledged it.
     *
     * @return what the election must know before it decides anything else
     */
    Optional<Event> heard(ServerStateMessage message, long nowNanos) {
        if (message instanceof StateAck ack) {
            if (ack.ofIncarnation() == settings.incarnation()) {
                acks.acknowledged(ack.from(), ack.incarnation(), ack.epoch(), ack.version());
                settle(nowNanos);
            }
        } else if (message instanceof StateUpdate update) {
            return learn(update, nowNanos);
        }
        return Optional.empty();
    }

    private Optional<Event> learn(StateUpdate update, long nowNanos) {
        Receipt receipt = kept.copy().receivedByNode(KeptState.offerOf(update), election);
        if (receipt.isNew()) {
            kept = new KeptState(receipt.copy(), update.knowledge(), nowNanos);
            proxy.learn(update.knowledge());
        }
        if (receipt.acknowledged()) {
            group.send(update.from(), update.ackBy(settings.self(), settings.incarnation()));
        }
        return receipt.isNew() ? Optional.of(new Event.StateKept(nowNanos, kept.version())) : Optional.empty();
    }

    /** The proxy may have new servers, whose state it ignored so far. */
    void onReloaded(long nowNanos) {
        if (kept.copy().adopted() && StateCopy.mayBeAdopted(election)) {
            proxy.learn(kept.knowledgeAt(nowNanos));
        }
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
        Settled settled = acks.settle(election, nowNanos);
        settled.late()
                .forEach(name -> LOG.atWarn()
                        .addKeyValue("peer", name)
                        .log(
                                "{} does not acknowledge the server state: no longer waiting for it event=peer_unacknowledged",
                                name));
        settled.caughtUp()
                .forEach(name -> LOG.atInfo()
                        .addKeyValue("peer", name)
                        .log("{} acknowledges the server state again event=peer_acknowledges", name));
        if (settled.known() > announced) {
            announced = settled.known();
            proxy.knownToPeers(announced);
        }
        long byAll = acks.acknowledged(election, nowNanos);
        // a peer that places keys otherwise could not go on where this node stops
        if (byAll > acknowledged && election.peers().stream().noneMatch(this::placesOtherwise)) {
            acknowledged = byAll;
            proxy.acknowledgedByPeers(acknowledged);
        }
    }

    private boolean placesOtherwise(Peer peer) {
        return election.isAlive(peer) && !peer.isWitness() && election.placesOtherwise(peer);
    }
}
