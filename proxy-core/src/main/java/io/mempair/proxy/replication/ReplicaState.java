package io.mempair.proxy.replication;

import io.mempair.proxy.replication.ReplicaPhase.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * State of one server of a pool with two copies, shared by all loops: its status, its process, the journal of keys it
 * missed. Any thread; {@link #status} takes no lock, nor does {@link #takes} unless the server is out.
 *
 * <p>Why no acknowledged write is lost: a write that misses the server is journaled, and the server marked out, before
 * the client is answered. The server returns, by {@link #takeBack}, only when the journal is empty; the lock it holds
 * is the one that journals writes.
 */
public final class ReplicaState {

    /** Consecutive lookups that missed on both copies, after which a refill counts as complete. */
    private static final int FRUITLESS_LOOKUPS = 10_000;

    private final String address;
    private final PeerKnowledge peers;
    private final Journal journal;

    private volatile ReplicaPhase phase = ReplicaPhase.SERVING;
    private volatile @Nullable ServerIdentity identity;
    private volatile long outVersion;
    private final AtomicInteger fruitlessLookups = new AtomicInteger();

    /** Whether it missed acknowledged writes: their keys are in the journal, or are just being deleted. */
    private volatile boolean missedSome;

    /** The servers that hold the other copies of its keys. */
    private volatile List<ReplicaState> twins = List.of();

    /** Other roles of the same process, which a flush of this one empties too. */
    private volatile List<ReplicaState> sameProcess = List.of();

    /** Whether another role of its process is to be flushed: whatever is written here meanwhile may go with it. */
    private boolean expectsFlush;

    /** Whether it is not waited for any more: its process has ended, or it was away for too long. */
    private volatile boolean lost;

    /** Whether it may lack any key, not only those deleted by a journal replay. */
    private boolean lacksAny;

    /** Whether another node may write, so that this journal is incomplete. */
    private boolean othersWrite;

    /** Whether it received the pending flush, if there is one. */
    private boolean knowsFlush = true;

    /** Whether a verified flush hides old items: a delayed flush would make memcached show them again. */
    private boolean hidesOld;

    /** Whether it was found at another address and may still hold outdated items. */
    private boolean mayHoldAnything;

    /** The last update of the active node, while this node is not active. */
    private @Nullable Update update;

    private record Update(ReplicaStatus status, ServerIdentity identity) {}

    /** The process that the active node last named: what this node takes it for until it has connected to it. */
    private @Nullable ServerIdentity reported;

    /** The keys deleted when it returned, until they are copied back. */
    private final LackingKeys lacking = new LackingKeys();

    /** Counts losses of data and outages, so that the end of an earlier refill does not end a later one. */
    private volatile int generation;

    /**
     * @param address       of the server, as configured; part of its {@link #tag}
     * @param peers         notified of every change
     * @param journalBytes  memory for the journal
     */
    public ReplicaState(String address, PeerKnowledge peers, int journalBytes) {
        this.address = address;
        this.peers = peers;
        this.journal = new Journal(journalBytes);
    }

    /** The current status. */
    public ReplicaStatus status() {
        return phase.status();
    }

    /** The phase of its return. */
    public ReplicaPhase phase() {
        return phase;
    }

    /** Sets the servers that hold the other copies of its keys; none in a pool with one copy. */
    public void sharesKeysWith(List<ReplicaState> others) {
        twins = List.copyOf(others);
    }

    /**
     * Whether some acknowledged value is on this server alone, as far as is known: a server that shares keys with it lacks
     * some of them, and this one does not. Such a server is waited for, and no write is acknowledged without it.
     */
    public boolean isLastCopy() {
        return !lost && !missedSome && !twinsAreComplete();
    }

    private boolean twinsAreComplete() {
        for (ReplicaState twin : twins) {
            if (twin.phase != ReplicaPhase.SERVING) {
                return false;
            }
        }
        return true;
    }

    /** Whether another server cannot be without this one, so that its return is urgent. */
    public boolean isNeeded() {
        return !twinsAreComplete();
    }

    /**
     * Whether a server that shares keys with it is about to return with all that was acknowledged. A flush of this server
     * waits for that.
     */
    public boolean hasTwinThatReturns() {
        for (ReplicaState twin : twins) {
            if (twin.status() == ReplicaStatus.OUT && !twin.missedSome && !twin.lost) {
                return true;
            }
        }
        return false;
    }

    /** Sets the other servers of the pool that are the same process, as far as is known. */
    public void isOneProcessWith(List<ReplicaState> others) {
        sameProcess = List.copyOf(others);
    }

    /** Whether the other server holds copies of keys that are here. */
    public boolean sharesKeysWith(ReplicaState other) {
        return twins.contains(other);
    }

    /**
     * Another role of its process is to be flushed, and this one will be empty then. From now until {@link #otherFlushed} it counts as
     * one that may lack any key, so no write is acknowledged for its copy alone.
     */
    public void expectFlush() {
        synchronized (peers) {
            synchronized (this) {
                if (!expectsFlush && losesNothing()) {
                    expectsFlush = true;
                    hidesOld = true;
                    lacksEverything();
                }
            }
        }
    }

    /** The other role has been flushed, or needs it no more: what was copied here before does not count. */
    public synchronized void otherFlushed() {
        if (expectsFlush) {
            expectsFlush = false;
            lacksEverything();
        }
    }

    private synchronized void lacksEverything() {
        lacksAny = true;
        if (status() == ReplicaStatus.OUT) {
            generation++;
            outVersion = peers.changed();
        } else {
            needsRefill(Event.EMPTY);
        }
    }

    /** Whether all it holds is of no use, or on other servers too. */
    private boolean losesNothing() {
        return missedSome || twinsAreComplete();
    }

    private synchronized boolean canBeFlushedAlong() {
        return expectsFlush && losesNothing() && peersKnow();
    }

    /** Whether a flush of its process loses nothing that another role of it holds, and the peers know what it empties. */
    public boolean mayFlushProcess() {
        for (ReplicaState other : sameProcess) {
            if (!other.canBeFlushedAlong()) {
                return false;
            }
        }
        return true;
    }

    /** Whether what it holds is given up, until it is connected again: nothing is to be waited for. */
    public boolean isLost() {
        return lost;
    }

    /** It refuses connections, so its process has ended; or it was waited for in vain. */
    public void giveUp() {
        lost = true;
    }

    /** Applies an event of its return; {@link ReplicaPhase#after} defines the next phase. */
    public synchronized void step(ReplicaPhase.Event event) {
        phase = phase.after(event);
    }

    /** The server process last seen, or null before the first connection. */
    public @Nullable ServerIdentity identity() {
        return identity;
    }

    /** A number of {@link CasTag#BITS} bits that identifies the server process. */
    public int tag() {
        return CasTag.of(address, identity);
    }

    /** Rises each time the server needs a refill. */
    public int generation() {
        return generation;
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
                if (othersWrite) {
                    journal.addEverything();
                }
                journal.add(key);
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
     * Its copy of {@code key} may differ from the other one, which counts, after a write that is not acknowledged: the copy
     * is deleted when the server returns. Other than a missed write that is no reason to flush it, whoever repairs it.
     */
    public void differs(Key key) {
        synchronized (peers) {
            synchronized (this) {
                if (!othersWrite) {
                    journal.add(key);
                    lacks(List.of(key));
                }
                exclude(false);
            }
        }
    }

    /** The server missed, or may have missed, a flush. Unlike a write that may be, whatever the others lack. */
    public synchronized void missedEverything() {
        journal.addEverything();
        exclude(true);
    }

    private synchronized void exclude(boolean outOfDate) {
        if (status() != ReplicaStatus.OUT || (outOfDate && !missedSome)) {
            step(Event.MISSED);
            missedSome |= outOfDate;
            outVersion = peers.changed();
        }
    }

    /** Records whether the server acknowledged the pending flush. */
    public synchronized void knowsFlush(boolean does) {
        knowsFlush = does;
    }

    /** A flush is due: a server that did not receive it must be flushed. */
    public synchronized void flushIsDue() {
        if (!knowsFlush) {
            missedEverything();
        }
        knowsFlush = true;
    }

    /**
     * Whether a delayed flush may be sent to the server. memcached stores the time of one flush only: after a verified
     * flush, a delayed one would make the old items visible until it is due.
     */
    public synchronized boolean mayHearOfFlush() {
        return !hidesOld;
    }

    /**
     * The status to report to peers, which do not share this node's connections: a server that is out but missed
     * nothing holds nothing outdated, and need not be flushed.
     *
     * @param flushToCome  whether a flush is pending: a server that did not receive it counts as refilling
     */
    public synchronized ReplicaStatus told(boolean flushToCome) {
        if (status() == ReplicaStatus.REFILLING || (status() == ReplicaStatus.OUT && missedSome)) {
            return status();
        }
        boolean complete = !lacksAny && lacking.isEmpty() && (knowsFlush || !flushToCome);
        return complete ? ReplicaStatus.SERVING : ReplicaStatus.REFILLING;
    }

    /**
     * A connection is up, to this server process. A restarted server is empty, so its journal is dropped. A server of
     * unknown identity, now or before, is treated as both: it may lack its items, and it may still hold outdated ones.
     */
    public synchronized void connected(ServerIdentity now) {
        lost = false;
        ServerIdentity before = identity == null ? reported : identity;
        if (before != null && now.equals(ServerIdentity.UNKNOWN)) {
            return;
        }
        boolean isFirst = identity == null;
        identity = now;
        if (before == null || now.equals(before) || matchesUpdate(now)) {
            return;
        }
        knowsFlush = false;
        if (isFirst && isEarlier(now, before)) {
            missedEverything();
            return;
        }
        if (!before.equals(ServerIdentity.UNKNOWN)) {
            journal.clear();
            missedSome = false;
            hidesOld = false;
            mayHoldAnything = false;
        }
        lacksAny = true;
        if (status() != ReplicaStatus.OUT) {
            needsRefill(Event.EMPTY);
        }
    }

    /**
     * A connection is up at another address than before. Unless it is the known process, it may hold items from long
     * ago, so it must be flushed before it is used.
     */
    public synchronized void connectedElsewhere(ServerIdentity now) {
        lost = false;
        ServerIdentity before = identity;
        if (before == null || (now.equals(before) && !now.equals(ServerIdentity.UNKNOWN))) {
            identity = now;
            return;
        }
        identity = now;
        if (matchesUpdate(now)) {
            return;
        }
        knowsFlush = false;
        hidesOld = false;
        mayHoldAnything = true;
        missedEverything();
    }

    /** The server was added to a pool in use: it may lack any key. */
    public synchronized void added() {
        lacksAny = true;
        knowsFlush = false;
        needsRefill(Event.EMPTY);
    }

    private synchronized void needsRefill(Event event) {
        generation++;
        fruitlessLookups.set(0);
        step(event);
        outVersion = peers.changed();
    }

    /**
     * Removes the next keys from the journal, to be deleted on the server; empty if there are none.
     *
     * @param most  upper bound
     */
    public synchronized List<Key> nextToReplay(int most) {
        List<Key> keys = new ArrayList<>();
        while (keys.size() < most && journal.size() > 0) {
            keys.add(journal.removeOldest());
        }
        return keys;
    }

    /**
     * These keys could not be deleted: journals them again. Has no effect if the server is no longer out, because
     * another node has repaired it.
     */
    public synchronized void replayFailed(List<Key> keys) {
        if (status() == ReplicaStatus.OUT) {
            keys.forEach(journal::add);
        }
    }

    /** The flush failed: the server still needs one. Has no effect if the server is no longer out. */
    public synchronized void flushFailed() {
        if (status() == ReplicaStatus.OUT) {
            missedEverything();
        }
    }

    /**
     * Whether the server must be flushed. If so, missed keys are journaled from now on, and the caller must call
     * {@link #flushFailed} if the flush fails.
     */
    public synchronized boolean beginFlush() {
        boolean needed = needsFlush();
        if (needed) {
            journal.clear();
            lacksAny = true;
            hidesOld = true;
            step(Event.FLUSH);
        }
        return needed;
    }

    /** Whether only a flush makes it consistent. */
    public synchronized boolean needsFlush() {
        return journal.hasEverything();
    }

    /** Returns the server to service as refilling, unless it has missed more keys meanwhile. */
    public synchronized boolean takeBack() {
        if (status() == ReplicaStatus.OUT && journal.isEmpty()) {
            missedSome = false;
            mayHoldAnything = false;
            lost = false;
            needsRefill(Event.REPAIRED);
        }
        return status() != ReplicaStatus.OUT;
    }

    /** A read that missed here was looked up at the other copy. */
    public void lookedUp(boolean found) {
        if (found) {
            fruitlessLookups.set(0);
        } else {
            fruitlessLookups.incrementAndGet();
        }
    }

    /** Whether reads indicate that the refill is complete. */
    public boolean refillLooksDone() {
        return fruitlessLookups.get() >= FRUITLESS_LOOKUPS;
    }

    /** Whether it may lack any key, not only those deleted when it returned. */
    public synchronized boolean lacksAny() {
        return lacksAny;
    }

    /**
     * These keys are deleted on it: it lacks them until {@link #replayedKeysRefilled}, also if it fails before. If it
     * serves, it is refilling from now on.
     */
    public synchronized void lacks(List<Key> keys) {
        boolean wasComplete = !lacksAny && lacking.isEmpty();
        lacking.addAll(keys);
        lacksAny |= lacking.isOverflown();
        if (status() != ReplicaStatus.OUT && !lacksAny) {
            needsRefill(Event.EMPTY);
        } else if (wasComplete) {
            outVersion = peers.changed();
        }
    }

    /** The keys it lacks; not all of them if {@link #lacksAny}. */
    public synchronized List<Key> lackingKeys() {
        return lacking.keys();
    }

    /** The refill of {@code ofGeneration} is complete: a miss needs no lookup any more. */
    public synchronized void refilled(int ofGeneration) {
        if (expectsFlush) {
            return;
        }
        if (generation == ofGeneration) {
            lacksAny = false;
            lacking.clear();
        }
        if (status() == ReplicaStatus.REFILLING && generation == ofGeneration) {
            step(Event.REFILLED);
            peers.changed();
        }
    }

    /**
     * The {@link #lackingKeys} as of {@code ofGeneration} are copied back. This completes the refill if no other key was
     * missing.
     */
    public synchronized void replayedKeysRefilled(int ofGeneration) {
        if (!lacksAny) {
            refilled(ofGeneration);
        }
    }

    /** Adopts the state of the active node. Its journal is not transferred, so a server that is out needs a flush. */
    public synchronized void learn(ReplicaStatus ofActive, ServerIdentity identityOfActive) {
        update = new Update(ofActive, identityOfActive);
        reported = identityOfActive.equals(ServerIdentity.UNKNOWN) ? null : identityOfActive;
        lacking.clear();
        ReplicaStatus learned = statusAfter(ofActive, identityOfActive);
        mayHoldAnything &= learned == ReplicaStatus.OUT;
        lacksAny = learned != ReplicaStatus.SERVING;
        missedSome = learned == ReplicaStatus.OUT;
        knowsFlush = ofActive == ReplicaStatus.SERVING;
        if (learned == ReplicaStatus.OUT) {
            journal.addEverything();
        } else {
            journal.clear();
        }
        if (learned != status()) {
            phase = ReplicaPhase.of(learned);
            generation++;
            outVersion = peers.changed();
        }
    }

    /** Whether the active node's last update names this process. If so, adopts that update. */
    private boolean matchesUpdate(ServerIdentity now) {
        Update last = update;
        if (last == null || !last.identity.equals(now) || now.equals(ServerIdentity.UNKNOWN)) {
            return false;
        }
        learn(last.status, now);
        return true;
    }

    /**
     * The status that follows from the active node's update, which holds for the process it names. A later process has
     * restarted and is empty. An earlier one, or one at another address, does not receive the active node's writes: its
     * items are outdated.
     */
    private ReplicaStatus statusAfter(ReplicaStatus ofActive, ServerIdentity identityOfActive) {
        ServerIdentity mine = identity;
        if (mine == null || mine.equals(identityOfActive)) {
            return ofActive;
        }
        if (mayHoldAnything || isEarlier(mine, identityOfActive)) {
            return ReplicaStatus.OUT;
        }
        return ofActive == ReplicaStatus.SERVING ? ReplicaStatus.REFILLING : ofActive;
    }

    private static boolean isEarlier(ServerIdentity mine, ServerIdentity identityOfActive) {
        boolean bothKnown = !mine.equals(ServerIdentity.UNKNOWN) && !identityOfActive.equals(ServerIdentity.UNKNOWN);
        return bothKnown && mine.startedSeconds() <= identityOfActive.startedSeconds();
    }

    /** This node is active: it sees every write from now on. */
    public synchronized void takeOver() {
        othersWrite = false;
        update = null;
    }

    /** This node has stepped down. Others may write now, so its journal is incomplete and its refills prove nothing. */
    public synchronized void standDown() {
        othersWrite = true;
        expectsFlush = false;
        generation++;
        if (missedSome) {
            journal.addEverything();
        } else {
            journal.clear();
        }
    }

    /** Changes the memory limit of the journal. */
    public synchronized void limitJournal(int bytes) {
        journal.limit(bytes);
    }

    /** Keys in the journal; -1 if the server needs a flush. */
    public synchronized int journaledKeys() {
        return journal.hasEverything() ? -1 : journal.size();
    }

    /** Bytes in the journal. */
    public synchronized long journaledBytes() {
        return journal.bytes();
    }
}
