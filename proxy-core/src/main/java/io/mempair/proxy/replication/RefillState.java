package io.mempair.proxy.replication;

import io.mempair.proxy.replication.ReplicaPhase.ReplicaEvent;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What one server lacks, and whether its refill is complete. Any thread; the lock of its {@link ReplicaState} guards what it
 * lacks.
 */
public final class RefillState {

    /** Consecutive lookups that missed on both copies, after which a refill counts as complete. */
    private static final int FRUITLESS_LOOKUPS = 10_000;

    private final ReplicaState replica;
    private final PeerKnowledge peers;
    private final AtomicInteger fruitlessLookups = new AtomicInteger();

    /** Whether it may lack any key, not only those deleted by a journal replay. */
    private boolean lacksAny;

    /** The keys deleted when it returned, until they are copied back. */
    private final LackingKeys lacking = new LackingKeys();

    /** Counts losses of data and outages, so that the end of an earlier refill does not end a later one. */
    private volatile int generation;

    /** Counts the times that marks may have been left behind; see {@link RefillLease}. */
    private int marksLeft;

    /** The count up to which all of them have expired. */
    private int marksExpired;

    /** Whether the two differ, for readers that take no lock. */
    private volatile boolean mayHoldMarks;

    /** The generation that is complete but for marks left behind, or -1. */
    private int completeButForMarks = -1;

    RefillState(ReplicaState replica, PeerKnowledge peers) {
        this.replica = replica;
        this.peers = peers;
    }

    /** Rises each time the server needs a refill. */
    public int generation() {
        return generation;
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
    public boolean looksDone() {
        return fruitlessLookups.get() >= FRUITLESS_LOOKUPS;
    }

    /** Whether it may lack any key, not only those deleted when it returned. */
    public boolean lacksAny() {
        synchronized (replica) {
            return lacksAny;
        }
    }

    /** The keys it lacks; not all of them if {@link #lacksAny}. */
    public List<Key> lackingKeys() {
        synchronized (replica) {
            return lacking.keys();
        }
    }

    /**
     * These keys are deleted on it: it lacks them until {@link #keysCopied}, also if it fails before. If it serves, it is
     * refilling from now on.
     */
    public void lacks(List<Key> keys) {
        synchronized (replica) {
            boolean wasComplete = lacksNothing();
            lacking.addAll(keys);
            lacksAny |= lacking.isOverflown();
            if (replica.status() != ReplicaStatus.OUT && !lacksAny) {
                replica.needsRefill(ReplicaEvent.EMPTY);
            } else if (wasComplete) {
                replica.changed();
            }
        }
    }

    /**
     * A copy could not take its mark of {@code key} away. Until the mark expires the server must not be asked for the key
     * alone: it would append to the mark, or find something to replace.
     */
    public void markLeft(Key key) {
        synchronized (replica) {
            marksMayBeLeft();
            if (!lacksAny) {
                lacks(List.of(key));
            }
        }
    }

    /** Another node, or this one in an earlier reign, may have left marks behind in a refill. The caller holds the lock. */
    void marksMayBeLeft() {
        marksLeft++;
        mayHoldMarks = true;
    }

    /** The process that held them has ended. The caller holds the lock. */
    void marksAreGone() {
        marksExpired = marksLeft;
        mayHoldMarks = false;
    }

    /** Whether it may hold a mark that no copy under way has put there. Takes no lock. */
    public boolean mayHoldMarks() {
        return mayHoldMarks;
    }

    /** How often marks may have been left behind so far. */
    public int marksLeft() {
        synchronized (replica) {
            return marksLeft;
        }
    }

    /** The marks of the first {@code count} times have expired. Completes a refill that waits for that. */
    public void marksExpired(int count) {
        synchronized (replica) {
            marksExpired = count;
            mayHoldMarks = marksExpired < marksLeft;
            int waits = completeButForMarks;
            completeButForMarks = -1;
            if (waits >= 0) {
                completed(waits);
            }
        }
    }

    /**
     * The refill of {@code ofGeneration} is complete: a miss needs no lookup any more, as soon as all marks that may have
     * been left behind have expired.
     */
    public void completed(int ofGeneration) {
        synchronized (replica) {
            if (replica.processFlush().isExpected() || generation != ofGeneration) {
                return;
            }
            if (mayHoldMarks && replica.status() == ReplicaStatus.REFILLING) {
                completeButForMarks = ofGeneration;
                return;
            }
            lacksAny = false;
            lacking.clear();
            if (replica.status() == ReplicaStatus.REFILLING) {
                replica.step(ReplicaEvent.REFILLED);
                peers.changed();
            }
        }
    }

    /**
     * The {@link #lackingKeys} as of {@code ofGeneration} are copied back. This completes the refill if no other key was
     * missing.
     */
    public void keysCopied(int ofGeneration) {
        synchronized (replica) {
            if (!lacksAny) {
                completed(ofGeneration);
            }
        }
    }

    /** Whether it lacks no key. The caller holds the lock. */
    boolean lacksNothing() {
        return !lacksAny && lacking.isEmpty();
    }

    /** It may lack any key: if it serves, it is refilling from now on. The caller holds the lock. */
    void lacksEverything() {
        mayLackAny();
        if (replica.status() == ReplicaStatus.OUT) {
            abandon();
            replica.changed();
        } else {
            replica.needsRefill(ReplicaEvent.EMPTY);
        }
    }

    /** It may lack any key from now on. The caller holds the lock. */
    void mayLackAny() {
        lacksAny = true;
    }

    /** As the active node reports it, which names no keys. The caller holds the lock. */
    void learn(boolean mayLackAny) {
        lacking.clear();
        lacksAny = mayLackAny;
    }

    /** A refill begins; what was looked up before does not count. The caller holds the lock. */
    void begin() {
        abandon();
        fruitlessLookups.set(0);
    }

    /** The refill in progress, if there is one, proves nothing any more. The caller holds the lock. */
    void abandon() {
        synchronized (replica) {
            generation++;
        }
    }
}
