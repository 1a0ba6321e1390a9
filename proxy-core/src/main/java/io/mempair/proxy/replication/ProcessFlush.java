package io.mempair.proxy.replication;

import java.util.List;

/**
 * A flush of a process that serves as several servers of a pool: it empties every role of that process. So before one role is
 * flushed the others count as incomplete, and the flush waits until they may be emptied too. Any thread.
 */
public final class ProcessFlush {

    private final ReplicaState replica;
    private final PeerKnowledge peers;

    /** Other roles of the same process, which a flush of this one empties too. */
    private volatile List<ReplicaState> otherRoles = List.of();

    /**
     * Whether another role of its process is to be flushed: whatever is written here meanwhile may go with it. Guarded by the
     * lock of {@link #replica}.
     */
    private boolean expected;

    ProcessFlush(ReplicaState replica, PeerKnowledge peers) {
        this.replica = replica;
        this.peers = peers;
    }

    /** Sets the other servers of the pool that are the same process, as far as is known. */
    public void alsoEmpties(List<ReplicaState> others) {
        otherRoles = List.copyOf(others);
    }

    /** Whether a flush of this server loses nothing that another role of its process holds, and the peers know what it empties. */
    public boolean mayBegin() {
        for (ReplicaState other : otherRoles) {
            if (!other.processFlush().mayEmpty()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Another role of its process is about to be flushed, which will empty this one. From now until {@link #over} it counts as
     * one that may lack any key, so no write is acknowledged for its copy alone.
     */
    public void expect() {
        synchronized (peers) {
            synchronized (replica) {
                if (!expected && losesNothing()) {
                    expected = true;
                    replica.flushDelivery().oldItemsAreHidden();
                    replica.refill().lacksEverything();
                }
            }
        }
    }

    /** The other role was flushed, or no longer needs it. What was copied here before does not count. */
    public void over() {
        synchronized (replica) {
            if (expected) {
                expected = false;
                replica.refill().lacksEverything();
            }
        }
    }

    private boolean mayEmpty() {
        synchronized (replica) {
            return expected && losesNothing() && replica.peersKnow();
        }
    }

    /** Whether everything the server holds is useless, or on other servers too. */
    private boolean losesNothing() {
        return replica.missedWrites().areSome() || replica.otherCopies().areComplete();
    }

    /** Whether a flush is expected. The caller holds the lock. */
    boolean isExpected() {
        return expected;
    }

    /** This node has stepped down and flushes nothing. The caller holds the lock. */
    void forget() {
        expected = false;
    }
}
