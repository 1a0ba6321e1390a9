package io.mempair.proxy.replication;

import io.mempair.proxy.replication.ReplicaPhase.ReplicaEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * State of one server of a pool with two copies, shared by all loops: its status, and what depends on it. Any thread;
 * {@link #status} takes no lock, nor does {@link #takes} unless the server is out. Its parts are guarded by its lock.
 *
 * <p>Why no acknowledged write is lost: a write that misses the server is journaled, and the server marked out, before
 * the client is answered. The server returns, by {@link #takeBack}, only when the journal is empty; the lock it holds
 * is the one that journals writes.
 */
public final class ReplicaState {

    private final String address;
    private final PeerKnowledge peers;
    private final ServerProcess process = new ServerProcess();
    private final OtherCopies otherCopies = new OtherCopies();
    private final MissedWrites missedWrites;
    private final FlushDelivery flushDelivery = new FlushDelivery(this);
    private final ProcessFlush processFlush;
    private final RefillState refill;

    private volatile ReplicaPhase phase = ReplicaPhase.SERVING;
    private volatile long outVersion;

    /** Whether nothing waits for it any more: its process has ended, or it was away for too long. */
    private volatile boolean lost;

    /**
     * @param address       of the server, as configured; part of its {@link #tag}
     * @param peers         notified of every change
     * @param journalBytes  memory for the journal
     */
    public ReplicaState(String address, PeerKnowledge peers, int journalBytes) {
        this.address = address;
        this.peers = peers;
        this.missedWrites = new MissedWrites(this, journalBytes);
        this.processFlush = new ProcessFlush(this, peers);
        this.refill = new RefillState(this, peers);
    }

    /** The current status. */
    public ReplicaStatus status() {
        return phase.status();
    }

    /** The phase of its return. */
    public ReplicaPhase phase() {
        return phase;
    }

    /** The writes it missed, and their replay. */
    public MissedWrites missedWrites() {
        return missedWrites;
    }

    /** Whether it has received the pending {@code flush_all}. */
    public FlushDelivery flushDelivery() {
        return flushDelivery;
    }

    /** A flush of its process, which may be other servers of the pool too. */
    public ProcessFlush processFlush() {
        return processFlush;
    }

    /** What it lacks, and whether its refill is complete. */
    public RefillState refill() {
        return refill;
    }

    /** The servers that hold the other copies of its keys. */
    public OtherCopies otherCopies() {
        return otherCopies;
    }

    /**
     * Whether some acknowledged value is on this server alone, as far as is known: a server that shares keys with it lacks
     * some of them, and this one does not. Such a server is waited for, and no write is acknowledged without it.
     */
    public boolean isLastCopy() {
        return !lost && !missedWrites.areSome() && !otherCopies.areComplete();
    }

    /** Whether it is given up until it is connected again: nothing waits for the values that only it holds. */
    public boolean isLost() {
        return lost;
    }

    /** It refuses connections, so its process has ended; or it did not return in time. */
    public void giveUp() {
        lost = true;
    }

    /** Applies an event of its return; {@link ReplicaPhase#after} defines the next phase. */
    public synchronized void step(ReplicaPhase.ReplicaEvent event) {
        phase = phase.after(event);
    }

    /** The server process last seen, or null before the first connection. */
    public @Nullable ServerIdentity identity() {
        return process.identity();
    }

    /** A number of {@link CasTag#BITS} bits that identifies the server process. */
    public int tag() {
        return CasTag.of(address, process.identity());
    }

    /** Whether the peers know that the server is out. */
    public boolean peersKnow() {
        return peers.isKnown(outVersion);
    }

    /** Runs {@code task} once the peers know that: at once, or on another thread. It must not block. */
    public void whenPeersKnow(Runnable task) {
        peers.whenKnown(outVersion, task);
    }

    /**
     * Whether a write of {@code key} goes to the server. If not, the server has {@link #missed} it.
     */
    public boolean takes(Key key) {
        if (status() != ReplicaStatus.OUT) {
            return true;
        }
        synchronized (peers) {
            if (status() != ReplicaStatus.OUT) {
                return true;
            }
            missed(key);
            return false;
        }
    }

    /**
     * The server missed, or may have missed, a write of {@code key} that the other copy has. Two loops that each lose
     * another server agree on one of them, because all servers of a proxy decide this under one lock.
     *
     * @return whether the client may be answered, since the key is journaled. If not, the server is the last copy: it is out
     *     until it returns, but nothing is journaled, and its copy of the key is the one that counts
     */
    public boolean missed(Key key) {
        synchronized (peers) {
            synchronized (this) {
                if (isLastCopy()) {
                    exclude(false);
                    return false;
                }
                missedWrites.add(key);
                exclude(true);
                return true;
            }
        }
    }

    /**
     * The outcome of a write is unknown, and no other server has it. Either outcome is acceptable, so no key is
     * journaled. But the server may still execute the write after later ones, so it stays out until that is over.
     */
    public void doubted() {
        synchronized (peers) {
            exclude(false);
        }
    }

    /**
     * Its copy of {@code key} may differ from that of {@code other} after a write that is not acknowledged. The other one counts:
     * this one is deleted when the server returns. But a server that missed acknowledged writes may be flushed as a whole, so its
     * copy never counts: then it is the other one that is deleted. From now on neither server may miss an acknowledged write
     * before it has what it lacks.
     *
     * <p>Unlike a missed write, this is no reason to flush the server, whichever node repairs it: the peers are told the key.
     */
    public void differs(Key key, ReplicaState other) {
        synchronized (peers) {
            boolean deletedHere = !other.missedWrites.areSome();
            if (!deletedHere) {
                other.missed(key);
            }
            synchronized (this) {
                if (deletedHere && missedWrites.addDiffering(key)) {
                    refill.lacks(List.of(key));
                }
                exclude(false);
                changed();
            }
        }
    }

    /** The server missed, or may have missed, a flush. Unlike {@link #missed}, this counts whatever the others lack. */
    public synchronized void missedEverything() {
        missedWrites.addEverything();
        exclude(true);
    }

    private synchronized void exclude(boolean outOfDate) {
        if (status() != ReplicaStatus.OUT || (outOfDate && !missedWrites.areSome())) {
            step(ReplicaEvent.MISSED);
            if (outOfDate) {
                missedWrites.areSomeNow();
            }
            changed();
        }
    }

    /**
     * The status to report to peers, which do not share this node's connections: a server that is out but missed
     * nothing holds nothing outdated, and need not be flushed.
     *
     * @param flushToCome  whether a flush is pending: a server that did not receive it counts as refilling
     */
    public synchronized ReplicaStatus reported(boolean flushToCome) {
        if (status() == ReplicaStatus.REFILLING || (status() == ReplicaStatus.OUT && missedWrites.areSome())) {
            return status();
        }
        boolean complete = refill.lacksNothing() && (flushDelivery.isReceived() || !flushToCome);
        return complete ? ReplicaStatus.SERVING : ReplicaStatus.REFILLING;
    }

    /**
     * The keys to report to peers with that status: copies that may differ after writes that were not acknowledged. If there
     * are any the server is not to be used before they are deleted on it.
     */
    public synchronized List<Key> differing() {
        return missedWrites.differing();
    }

    /**
     * A connection is up, to this server process. A restarted server is empty, so its journal is dropped. A server of
     * unknown identity, now or before, is treated as both: it may lack its items, and it may still hold outdated ones.
     */
    public synchronized void connected(ServerIdentity now) {
        lost = false;
        follow(process.connected(now), now);
    }

    /**
     * A connection is up at another address than before. Unless it is the known process, it may hold items from long
     * ago, so it must be flushed before it is used.
     */
    public synchronized void connectedElsewhere(ServerIdentity now) {
        lost = false;
        follow(process.connectedElsewhere(now), now);
    }

    private synchronized void follow(ServerProcess.Meaning meaning, ServerIdentity now) {
        switch (meaning) {
            case SAME -> {}
            case AS_REPORTED -> learn(process.reportedStatus(), now, missedWrites.differing());
            case OUTDATED -> {
                flushDelivery.acknowledged(false);
                missedEverything();
            }
            case FOREIGN -> {
                flushDelivery.acknowledged(false);
                flushDelivery.hidesNothing();
                missedEverything();
            }
            case RESTARTED -> {
                missedWrites.forget();
                flushDelivery.hidesNothing();
                refill.marksAreGone();
                mayBeEmpty();
            }
            case UNCERTAIN -> mayBeEmpty();
        }
    }

    private synchronized void mayBeEmpty() {
        flushDelivery.acknowledged(false);
        refill.mayLackAny();
        if (status() != ReplicaStatus.OUT) {
            needsRefill(ReplicaEvent.EMPTY);
        }
    }

    /** The server was added to a pool in use: it may lack any key. */
    public synchronized void added() {
        refill.mayLackAny();
        flushDelivery.acknowledged(false);
        needsRefill(ReplicaEvent.EMPTY);
    }

    /** That event has left it without some of its keys. */
    synchronized void needsRefill(ReplicaEvent event) {
        refill.begin();
        step(event);
        changed();
    }

    /** What the peers must know of it has changed; {@link #peersKnow} tells when they do. */
    synchronized void changed() {
        outVersion = peers.changed();
    }

    /** Returns the server to service as refilling, unless it has missed more keys meanwhile. */
    public synchronized boolean takeBack() {
        if (status() == ReplicaStatus.OUT && missedWrites.areReplayed()) {
            missedWrites.repaired();
            process.repaired();
            lost = false;
            needsRefill(ReplicaEvent.REPAIRED);
        }
        return status() != ReplicaStatus.OUT;
    }

    /**
     * Adopts the state of the active node. Its journal is not transferred, so a server that is out needs a flush.
     *
     * @param differing  as the active node's {@link #differing} says
     */
    public synchronized void learn(ReplicaStatus ofActive, ServerIdentity identityOfActive, List<Key> differing) {
        ReplicaStatus learned = process.report(ofActive, identityOfActive);
        refill.learn(learned != ReplicaStatus.SERVING);
        missedWrites.learn(learned == ReplicaStatus.OUT, differing);
        flushDelivery.acknowledged(ofActive == ReplicaStatus.SERVING);
        ReplicaStatus next = differing.isEmpty() ? learned : ReplicaStatus.OUT;
        if (next != status()) {
            phase = ReplicaPhase.of(next);
            refill.abandon();
            changed();
        }
    }

    /** This node is active: it sees every write from now on. */
    public synchronized void takeOver() {
        missedWrites.takeOver();
        if (status() != ReplicaStatus.SERVING) {
            refill.marksMayBeLeft();
        }
        process.forgetUpdate();
    }

    /** This node has stepped down. Others may write now, so its journal is incomplete and its refills prove nothing. */
    public synchronized void standDown() {
        processFlush.forget();
        refill.abandon();
        missedWrites.standDown();
    }
}
