package io.mempair.proxy.replication;

import java.util.concurrent.CompletableFuture;

/**
 * Which layout of servers leads, as this node tells the peers while it serves, and as it was told while it does not. Any thread.
 */
public final class LayoutInForce {

    private final PeerKnowledge peers;
    private volatile LayoutKnowledge current = LayoutKnowledge.NONE;

    /** The version in which the peers are told of {@link #current}. */
    private volatile long version;

    /** @param peers  notified of every change */
    public LayoutInForce(PeerKnowledge peers) {
        this.peers = peers;
    }

    /** What is told now. */
    public LayoutKnowledge current() {
        return current;
    }

    /** Tells the peers; completes when every peer that is heard has acknowledged it, at once if there is none. */
    public CompletableFuture<Void> tell(LayoutKnowledge next) {
        CompletableFuture<Void> acknowledged = new CompletableFuture<>();
        peers.whenAcknowledged(change(next), () -> acknowledged.complete(null));
        return acknowledged;
    }

    /** As {@link #tell}, but a peer that is heard and does not answer is not waited for longer than a lease. */
    public CompletableFuture<Void> tellAtMost(LayoutKnowledge next) {
        CompletableFuture<Void> known = new CompletableFuture<>();
        peers.whenKnown(change(next), () -> known.complete(null));
        return known;
    }

    /** Whether every peer that is heard has acknowledged what is told now. */
    public boolean isAcknowledged() {
        return peers.isAcknowledged(version);
    }

    /** Takes what the active node has told; this node does not serve. */
    public void learn(LayoutKnowledge told) {
        change(told);
    }

    private synchronized long change(LayoutKnowledge next) {
        if (!next.equals(current)) {
            current = next; // first: whoever reads the version first is told again
            version = peers.changed();
        }
        return version;
    }
}
