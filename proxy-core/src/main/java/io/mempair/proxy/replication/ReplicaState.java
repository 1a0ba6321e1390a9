package io.mempair.proxy.replication;

import io.mempair.proxy.replication.ReplicaPhase.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What all loops keep together about one server of a pool with two copies: its status, which process it is, the keys it
 * missed. Any thread; {@link #status} and {@link #takes} of a server that is not out take no lock.
 *
 * <p>Why no acknowledged write is lost on the way: a write that misses the server is in the journal, and the server out,
 * before the client is answered; and the server is taken back, by {@link #takeBack}, only when the journal is empty, under
 * the lock under which a write that still skips it would have been journaled.
 */
public final class ReplicaState {

    /** Looked-up misses in a row of which none was found at the other copy, after which a refill counts as done. */
    private static final int FRUITLESS_LOOKUPS = 10_000;

    private final String address;
    private final PeerKnowledge peers;
    private final Journal journal;

    private volatile ReplicaPhase phase = ReplicaPhase.SERVING;
    private volatile @Nullable ServerIdentity identity;
    private volatile long outVersion;
    private final AtomicInteger fruitlessLookups = new AtomicInteger();

    /** Whether it holds what is out of date, in the journal or just being deleted. */
    private boolean missedSome;

    /** Whether it may lack any key, not only those that were purged. */
    private boolean lacksAny;

    /** Whether this node does not serve, so that what it sees is missed is not all that is. */
    private boolean othersWrite;

    /** Whether it heard of the flush that is to come, if one is. */
    private boolean knowsFlush = true;

    /** Whether it was flushed to make it right: a flush with a delay would have it show again what it had. */
    private boolean hidesOld;

    /** Whether it was found at another address, and may still hold what it held before. */
    private boolean mayHoldAnything;

    /** What the active node last said, while this one does not serve. */
    private @Nullable Update update;

    private record Update(ReplicaStatus status, ServerIdentity identity) {}

    /** How often it lost what it had, or was out: a refill that began before does not end the one that began last. */
    private volatile int generation;

    /**
     * @param address       of the server, as the operator wrote it; part of its {@link #tag}
     * @param peers         told of every change
     * @param journalBytes  memory for the keys it misses
     */
    public ReplicaState(String address, PeerKnowledge peers, int journalBytes) {
        this.address = address;
        this.peers = peers;
        this.journal = new Journal(journalBytes);
    }

    /** What the server is good for now. */
    public ReplicaStatus status() {
        return phase.status();
    }

    /** Where it stands between its loss and its return. */
    public ReplicaPhase phase() {
        return phase;
    }

    /** A step of its return; {@link ReplicaPhase#after} says what comes of it. */
    public synchronized void step(ReplicaPhase.Event event) {
        phase = phase.after(event);
    }

    /** The process it was last seen as, or null before the first connection. */
    public @Nullable ServerIdentity identity() {
        return identity;
    }

    /** A number of {@link CasTag#BITS} bits that differs from one process of one server to the next. */
    public int tag() {
        return CasTag.of(address, identity);
    }

    /** Rises each time the server comes to need a refill. */
    public int generation() {
        return generation;
    }

    /** Whether a peer that took over now would know that the server is out. */
    public boolean peersKnow() {
        return peers.isKnown(outVersion);
    }

    /** Runs {@code task} once that is so, at once or on another thread; it must not wait. */
    public void whenPeersKnow(Runnable task) {
        peers.whenKnown(outVersion, task);
    }

    /** Whether a write of {@code key} goes to the server; if not it is journaled, and may be answered without it. */
    public boolean takes(Key key) {
        if (status() != ReplicaStatus.OUT) {
            return true;
        }
        synchronized (this) {
            if (status() != ReplicaStatus.OUT) {
                return true;
            }
            missed(key);
            return false;
        }
    }

    /** A write of {@code key} did not reach the server, or nobody knows whether it did, and the other copy has it. */
    public synchronized void missed(Key key) {
        if (othersWrite) {
            journal.addEverything();
        }
        journal.add(key);
        exclude(true);
    }

    /**
     * Nobody knows what became of a write, and no other server has it: what this one holds is as good as can be, with it or
     * without it. But it may still carry it out, behind later ones, so it is out until that is over.
     */
    public synchronized void doubted() {
        exclude(false);
    }

    /** The server did not hear, or may not have heard, that it has to forget everything. */
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

    /** The server said that it will forget everything when the flush is due that is to come, or that it did not say so. */
    public synchronized void knowsFlush(boolean does) {
        knowsFlush = does;
    }

    /** A flush is due: a server that never heard of it must be made to forget everything. */
    public synchronized void flushIsDue() {
        if (!knowsFlush) {
            missedEverything();
        }
        knowsFlush = true;
    }

    /**
     * Whether the server may be told of a flush that is to come. memcached keeps the moment of one flush only: one that was
     * flushed by us would until then show what it had before.
     */
    public synchronized boolean mayHearOfFlush() {
        return !hidesOld;
    }

    /**
     * The status as a peer is to take it that knows nothing of our connections: a server that missed nothing holds nothing
     * out of date.
     *
     * @param flushToCome  whether a flush is: then one that has not heard of it counts as refilling
     */
    public synchronized ReplicaStatus told(boolean flushToCome) {
        if (flushToCome && status() == ReplicaStatus.SERVING && !knowsFlush) {
            return ReplicaStatus.REFILLING;
        }
        return status() == ReplicaStatus.OUT && !missedSome ? ReplicaStatus.REFILLING : status();
    }

    /**
     * A connection is made, to this process. One that has restarted is empty, and what the earlier one missed is of no concern.
     * A server that does not say who it is, now or before, proves nothing: it may lack what it had, and holds what it held.
     */
    public synchronized void connected(ServerIdentity now) {
        ServerIdentity before = identity;
        if (now.equals(before) || (before != null && now.equals(ServerIdentity.UNKNOWN))) {
            return;
        }
        identity = now;
        if (before == null || isAsTold(now)) {
            return;
        }
        knowsFlush = false;
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
     * A connection is made at another address than before. The process there, unless it is the one that was known, need not be
     * empty: it may hold what the server's name led to long ago. So it has to forget everything before it is used.
     */
    public synchronized void connectedElsewhere(ServerIdentity now) {
        ServerIdentity before = identity;
        if (before == null || (now.equals(before) && !now.equals(ServerIdentity.UNKNOWN))) {
            identity = now;
            return;
        }
        identity = now;
        if (isAsTold(now)) {
            return;
        }
        knowsFlush = false;
        hidesOld = false;
        mayHoldAnything = true;
        missedEverything();
    }

    /** The server was added to a pool that has been in use: it may lack any key. */
    public synchronized void added() {
        lacksAny = true;
        knowsFlush = false;
        needsRefill(Event.EMPTY);
    }

    private synchronized void needsRefill(Event event) {
        generation++;
        fruitlessLookups.set(0);
        step(event);
        peers.changed();
    }

    /**
     * Takes the next keys out of the journal, to be deleted on the server; empty if there are none.
     *
     * @param most  so many at most
     */
    public synchronized List<Key> nextToPurge(int most) {
        List<Key> keys = new ArrayList<>();
        while (keys.size() < most && journal.size() > 0) {
            keys.add(journal.removeOldest());
        }
        return keys;
    }

    /** These could not be deleted. Of no concern if the server is not out any more, because another node has repaired it. */
    public synchronized void notPurged(List<Key> keys) {
        if (status() == ReplicaStatus.OUT) {
            keys.forEach(journal::add);
        }
    }

    /** Everything must still be forgotten, and more than the journal says. Else as {@link #notPurged}. */
    public synchronized void notFlushed() {
        if (status() == ReplicaStatus.OUT) {
            missedEverything();
        }
    }

    /**
     * Whether the server must forget everything. If so what it misses from now on is journaled by key, and
     * {@link #notFlushed} must follow if the flush fails.
     */
    public synchronized boolean beginFlush() {
        boolean needed = journal.hasEverything();
        if (needed) {
            journal.clear();
            lacksAny = true;
            hidesOld = true;
            step(Event.FLUSH);
        }
        return needed;
    }

    /** Lets clients use the server again, unless it has missed more meanwhile. It may lack what the other copy has. */
    public synchronized boolean takeBack() {
        if (status() == ReplicaStatus.OUT && journal.isEmpty()) {
            missedSome = false;
            mayHoldAnything = false;
            needsRefill(Event.REPAIRED);
        }
        return status() != ReplicaStatus.OUT;
    }

    /** A miss at the server was looked up at the other copy. */
    public void lookedUp(boolean found) {
        if (found) {
            fruitlessLookups.set(0);
        } else {
            fruitlessLookups.incrementAndGet();
        }
    }

    /** Whether hardly anything is left that only the other copy has. */
    public boolean refillLooksDone() {
        return fruitlessLookups.get() >= FRUITLESS_LOOKUPS;
    }

    /** Whether it may lack any key, not only those that were deleted when it came back. */
    public synchronized boolean lacksAny() {
        return lacksAny;
    }

    /** The refill of {@code ofGeneration} is done: a miss is a miss again. */
    public synchronized void refilled(int ofGeneration) {
        if (generation == ofGeneration) {
            lacksAny = false;
        }
        if (status() == ReplicaStatus.REFILLING && generation == ofGeneration) {
            step(Event.REFILLED);
            peers.changed();
        }
    }

    /** The keys that were purged in {@code ofGeneration} are there again; that is all, if nothing else was missing. */
    public synchronized void refilledPurged(int ofGeneration) {
        if (!lacksAny) {
            refilled(ofGeneration);
        }
    }

    /** Another node says what it knows, which is now all that is known: what that node journaled is not. */
    public synchronized void learn(ReplicaStatus ofActive, ServerIdentity identityOfActive) {
        update = new Update(ofActive, identityOfActive);
        ReplicaStatus learned = judged(ofActive, identityOfActive);
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

    /** The active node means this process: what it said is true here, and so it is. */
    private boolean isAsTold(ServerIdentity now) {
        Update told = update;
        if (told == null || !told.identity.equals(now) || now.equals(ServerIdentity.UNKNOWN)) {
            return false;
        }
        learn(told.status, now);
        return true;
    }

    /**
     * What the active node says is true of the process that it means. A later one has restarted, and is empty. An earlier one, or
     * one at another address, is not what the active node writes to: if it still runs its items are old.
     */
    private ReplicaStatus judged(ReplicaStatus ofActive, ServerIdentity identityOfActive) {
        ServerIdentity mine = identity;
        if (mine == null || mine.equals(identityOfActive)) {
            return ofActive;
        }
        boolean bothKnown = !mine.equals(ServerIdentity.UNKNOWN) && !identityOfActive.equals(ServerIdentity.UNKNOWN);
        if (mayHoldAnything || (bothKnown && mine.startedSeconds() <= identityOfActive.startedSeconds())) {
            return ReplicaStatus.OUT;
        }
        return ofActive == ReplicaStatus.SERVING ? ReplicaStatus.REFILLING : ofActive;
    }

    /** This node serves, so every write is seen here from now on. */
    public synchronized void takeOver() {
        othersWrite = false;
        update = null;
    }

    /** This node serves no more: others may write now, so its journal proves nothing, nor does a refill that it began. */
    public synchronized void standDown() {
        othersWrite = true;
        generation++;
        if (missedSome) {
            journal.addEverything();
        }
    }

    /** Memory for keys from now on. */
    public synchronized void limitJournal(int bytes) {
        journal.limit(bytes);
    }

    /** Keys in the journal; -1 if every key is to be forgotten. */
    public synchronized int journaledKeys() {
        return journal.hasEverything() ? -1 : journal.size();
    }

    /** Bytes of the journal. */
    public synchronized long journaledBytes() {
        return journal.bytes();
    }
}
