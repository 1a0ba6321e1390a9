package io.mempair.proxy.replication;

import io.mempair.proxy.replication.ReplicaPhase.ReplicaEvent;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The writes that one server missed: the journal of their keys, its replay when the server returns, and the flush that takes
 * the place of a replay. Any thread; the lock of its {@link ReplicaState} guards it.
 */
public final class MissedWrites {

    /** Most keys that are told to the peers as {@link #differing}. */
    private static final int MAX_DIFFERING = 256;

    private final ReplicaState replica;
    private final Journal journal;

    /**
     * Keys whose copy may differ after a write that was not acknowledged, until the server is repaired: a successor, which does
     * not get the journal, is told these. Oldest first; beyond the bound they are in the journal only.
     */
    private final Set<Key> differing = new LinkedHashSet<>();

    /** Whether it missed acknowledged writes: their keys are in the journal, or are just being deleted. */
    private volatile boolean some;

    /** Whether another node may write, so that this journal is incomplete. */
    private boolean othersWrite;

    MissedWrites(ReplicaState replica, int journalBytes) {
        this.replica = replica;
        this.journal = new Journal(journalBytes);
    }

    /**
     * Removes the next keys from the journal, to be deleted on the server; empty if there are none.
     *
     * @param most  upper bound
     */
    public List<Key> nextToReplay(int most) {
        synchronized (replica) {
            List<Key> keys = new ArrayList<>();
            while (keys.size() < most && journal.size() > 0) {
                keys.add(journal.removeOldest());
            }
            return keys;
        }
    }

    /**
     * These keys could not be deleted: journals them again. Has no effect if the server is no longer out, because
     * another node has repaired it.
     */
    public void replayFailed(List<Key> keys) {
        synchronized (replica) {
            if (replica.status() == ReplicaStatus.OUT) {
                keys.forEach(journal::add);
            }
        }
    }

    /** Whether only a flush makes the server consistent. */
    public boolean needsFlush() {
        synchronized (replica) {
            return journal.hasEverything();
        }
    }

    /**
     * Whether the server must be flushed. If so, missed keys are journaled from now on, and the caller must call
     * {@link #flushFailed} if the flush fails.
     */
    public boolean beginFlush() {
        synchronized (replica) {
            boolean needed = needsFlush();
            if (needed) {
                journal.clear();
                replica.refill().mayLackAny();
                replica.flushDelivery().oldItemsAreHidden();
                replica.step(ReplicaEvent.FLUSH);
            }
            return needed;
        }
    }

    /** The flush failed: the server still needs one. Has no effect if the server is no longer out. */
    public void flushFailed() {
        synchronized (replica) {
            if (replica.status() == ReplicaStatus.OUT) {
                replica.missedEverything();
            }
        }
    }

    /** Changes the memory limit of the journal. */
    public void limitJournal(int bytes) {
        synchronized (replica) {
            journal.limit(bytes);
        }
    }

    /** Keys in the journal; -1 if the server needs a flush. */
    public int journaledKeys() {
        synchronized (replica) {
            return journal.hasEverything() ? -1 : journal.size();
        }
    }

    /** Bytes in the journal. */
    public long journaledBytes() {
        synchronized (replica) {
            return journal.bytes();
        }
    }

    /** Whether it missed acknowledged writes. Takes no lock. */
    boolean areSome() {
        return some;
    }

    /** It missed an acknowledged write, which is journaled. The caller holds the lock. */
    void areSomeNow() {
        some = true;
    }

    /** Whether no key is journaled. The caller holds the lock. */
    boolean areReplayed() {
        return journal.isEmpty();
    }

    /** The server missed an acknowledged write of that key. The caller holds the lock. */
    void add(Key key) {
        if (othersWrite) {
            journal.addEverything();
        }
        journal.add(key);
    }

    /**
     * The copy of that key differs after a write that was not acknowledged. While other nodes may write, the journal is
     * incomplete anyway, and the key is left out.
     *
     * @return whether the key is journaled. The caller holds the lock
     */
    boolean addDiffering(Key key) {
        if (differing.size() < MAX_DIFFERING) {
            differing.add(key);
        }
        if (!othersWrite) {
            journal.add(key);
        }
        return !othersWrite;
    }

    /** The server missed a flush, or writes of unknown keys. The caller holds the lock. */
    void addEverything() {
        journal.addEverything();
    }

    /** No copy on the server is outdated: it is empty. The caller holds the lock. */
    void forget() {
        journal.clear();
        differing.clear();
        some = false;
    }

    /** The server is repaired. The caller holds the lock, and all are replayed. */
    void repaired() {
        differing.clear();
        some = false;
    }

    /**
     * Keys whose copies may differ although the server missed no acknowledged write; none if it missed some, because then it
     * is flushed. The caller holds the lock.
     */
    List<Key> differing() {
        return some ? List.of() : List.copyOf(differing);
    }

    /** As the active node reports it, whose journal is not transferred. The caller holds the lock. */
    void learn(boolean missedSome, List<Key> differingKeys) {
        some = missedSome;
        differing.clear();
        differing.addAll(differingKeys);
        reset();
    }

    /** This node sees every write from now on. The caller holds the lock. */
    void takeOver() {
        othersWrite = false;
    }

    /** Other nodes may write from now on. The caller holds the lock. */
    void standDown() {
        othersWrite = true;
        reset();
    }

    /** Drops the keys: from now on either every copy may be outdated, or only those that differ. */
    private void reset() {
        if (some) {
            journal.addEverything();
        } else {
            journal.clear();
            differing.forEach(journal::add);
        }
    }
}
