package io.mempair.ha.agent;

import io.mempair.ha.election.Election;
import io.mempair.ha.election.Event;
import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.PeerAcks;
import io.mempair.ha.election.PeerAcks.HeardPeer;
import io.mempair.ha.election.PeerAcks.Settled;
import io.mempair.ha.election.Role;
import io.mempair.ha.election.Settings;
import io.mempair.ha.election.StateVersion;
import io.mempair.ha.group.Group;
import io.mempair.ha.group.ServerStateMessage;
import io.mempair.ha.group.ServerStateMessage.StateAck;
import io.mempair.ha.group.ServerStateMessage.StateUpdate;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.server.Proxy;
import java.util.List;
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
    private final PeerAcks confirmations;
    private final AtomicBoolean changeQueued = new AtomicBoolean();
    private Election election;

    /** The epoch of this node's reign while it holds a lease, else 0. */
    private long reignEpoch;

    /** The most recent state: this node's own, of its current or last reign, or the one it was sent since. */
    private KeptState kept = KeptState.NONE;

    /** Whether the proxy adopted {@link #kept} from another member. */
    private boolean adopted;

    /** The version last reported to the proxy as known; 0 for none. */
    private long announced;

    private boolean refused;

    /**
     * @param events  the agent's queue
     * @param start   before the first event
     */
    ServerStateReplicator(Proxy proxy, Group group, Settings settings, EventQueue events, Election start) {
        this.proxy = proxy;
        this.group = group;
        this.settings = settings;
        this.events = events;
        this.election = start;
        this.confirmations =
                new PeerAcks(settings.leaseNanos(), settings.policy().witnessed());
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
        confirmations.told(reignEpoch, knowledge.version(), nowNanos);
        try {
            group.send(new StateUpdate(settings.self(), settings.incarnation(), reignEpoch, knowledge));
            keepOwn(knowledge, nowNanos); // not what cannot be sent: nobody could wait for it
            refused = false;
        } catch (IllegalArgumentException tooMuch) {
            confirmations.notTold();
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
        adopted = false;
        KeptState before = kept;
        kept = new KeptState(new StateVersion(reignEpoch, knowledge.version()), knowledge, nowNanos);
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
        if (message instanceof StateAck taken) {
            if (taken.ofIncarnation() == settings.incarnation()) {
                confirmations.taken(taken.from(), taken.incarnation(), taken.epoch(), taken.version());
                settle(nowNanos);
            }
        } else if (message instanceof StateUpdate told && mayLearn()) {
            return learn(told, nowNanos);
        }
        return Optional.empty();
    }

    private boolean mayLearn() {
        return election.role() != Role.ACTIVE && !election.mayHaveAddress();
    }

    private Optional<Event> learn(StateUpdate told, long nowNanos) {
        boolean active = isActive(told);
        boolean isNew = kept.isOlderThan(told) || (active && isOfARival(told));
        if (isNew) {
            kept = KeptState.of(told, nowNanos);
            adopted = true;
            proxy.learn(told.knowledge());
        }
        if (active
                && kept.version().equals(KeptState.version(told))) { // again, as the first acknowledgement may be lost
            group.send(told.from(), told.takenBy(settings.self(), settings.incarnation()));
        }
        return isNew ? Optional.of(new Event.StateKept(nowNanos, kept.version())) : Optional.empty();
    }

    /**
     * Whether the state is of a reign that had the same epoch as this node's own. After a cut of a pair without a witness
     * both may have reigned so; the one that goes on determines the state.
     */
    private boolean isOfARival(StateUpdate told) {
        return !adopted && told.epoch() == kept.version().epoch();
    }

    /** Whether the election considers the sender active in this reign. If not yet, the next repetition counts. */
    private boolean isActive(StateUpdate told) {
        return election.peers().stream()
                .anyMatch(peer -> peer.name().equals(told.from())
                        && peer.incarnation() == told.incarnation()
                        && peer.holds()
                        && peer.reignEpoch() == told.epoch());
    }

    /** The proxy may have new servers, whose state it ignored so far. */
    void onReloaded(long nowNanos) {
        if (adopted && mayLearn()) {
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
        if (reignEpoch == 0 || election.leaseRemainingNanos(nowNanos) == 0) {
            return; // another may serve: no acknowledgement counts
        }
        List<HeardPeer> heard = election.peers().stream()
                .filter(election::isAlive)
                .map(HeardPeer::of)
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
}
