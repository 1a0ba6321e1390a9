package io.mempair.proxy.replication;

import java.util.List;

/** The servers that hold the other copies of the keys of one server. Any thread; takes no lock. */
public final class OtherCopies {

    private volatile List<ReplicaState> twins = List.of();

    OtherCopies() {}

    /** Sets these servers; none in a pool with one copy. */
    public void are(List<ReplicaState> others) {
        twins = List.copyOf(others);
    }

    /** Whether that server holds copies of keys that are here. */
    public boolean include(ReplicaState other) {
        return twins.contains(other);
    }

    /** Whether none of them lacks a key. If one does, it depends on this server, whose return is urgent. */
    public boolean areComplete() {
        for (ReplicaState twin : twins) {
            if (twin.phase() != ReplicaPhase.SERVING) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether one of them is about to return with all that was acknowledged. A flush of this server waits for that.
     */
    public boolean oneReturns() {
        for (ReplicaState twin : twins) {
            if (twin.status() == ReplicaStatus.OUT && !twin.missedWrites().areSome() && !twin.isLost()) {
                return true;
            }
        }
        return false;
    }
}
