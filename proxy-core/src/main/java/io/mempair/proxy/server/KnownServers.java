package io.mempair.proxy.server;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.loop.Fence;
import io.mempair.proxy.replication.DelayedFlush;
import io.mempair.proxy.replication.LayoutInForce;
import io.mempair.proxy.replication.LayoutKnowledge;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerIdentity;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.replication.ServerKnowledge.Known;
import io.mempair.proxy.server.ProxyHealth.ServerTier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The state of all servers exchanged with the peers: sent while this node serves, adopted while it does not. Any
 * thread.
 */
final class KnownServers {

    private final Supplier<Setup> setup;
    private final Fence fence;
    private final DelayedFlush delayedFlush;
    private final LayoutInForce layout;
    private final LongSupplier nowNanos;

    /** The layout that the active node has told last, until it counts. */
    private volatile @Nullable LayoutKnowledge lastTold;

    /**
     * @param setup         of this moment
     * @param fence         whether this proxy serves
     * @param delayedFlush  the flush that is to come
     * @param layout        which servers lead
     * @param nowNanos      the clock of the loops
     */
    KnownServers(
            Supplier<Setup> setup,
            Fence fence,
            DelayedFlush delayedFlush,
            LayoutInForce layout,
            LongSupplier nowNanos) {
        this.setup = setup;
        this.fence = fence;
        this.delayedFlush = delayedFlush;
        this.layout = layout;
        this.nowNanos = nowNanos;
    }

    /**
     * This node serves from now on. A server that may still execute what it was sent in an earlier reign is out until it has
     * read all of that.
     */
    void begin() {
        lastTold = null;
        for (ServerState server : setup.get().servers()) {
            server.replica().takeOver();
            if (server.draining() > 0 && server.replica().status() != ReplicaStatus.OUT) {
                server.replica().doubted();
            }
        }
    }

    /** This node no longer serves: another may write, so the local journals are incomplete. */
    void end() {
        setup.get().servers().forEach(server -> server.replica().standDown());
        learnLayout();
    }

    /** The current state; servers only if there are, or were, two copies. */
    ServerKnowledge knowledge() {
        Setup now = setup.get();
        // read first: later changes are sent again
        long version = now.peers().version();
        List<Known> known = new ArrayList<>();
        for (ServerState server : now.servers()) {
            if (server.hadTwin()) {
                ReplicaState replica = server.replica();
                ServerIdentity identity = replica.identity();
                known.add(new Known(
                        server.address().toString(),
                        now.tierOf(server) == ServerTier.BACKUP,
                        replica.reported(delayedFlush.pending() != null),
                        identity == null ? ServerIdentity.UNKNOWN : identity,
                        replica.differing()));
            }
        }
        return new ServerKnowledge(version, known, delayedFlush.leftMillis(nowNanos.getAsLong()), layout.current());
    }

    /** Adopts the active node's state, unless this node serves. */
    void learn(ServerKnowledge ofActive) {
        Setup now = setup.get();
        lastTold = ofActive.layout();
        learnLayout();
        if (fence.isClosed()) {
            delayedFlush.learn(ofActive.flushInMillis(), nowNanos.getAsLong());
        }
        for (Known one : ofActive.servers()) {
            ServerState server = find(now, one);
            if (server != null && fence.isClosed()) {
                server.replica().learn(one.status(), one.identity(), one.differing());
            }
        }
    }

    /** What came while this node was still answering its last requests counts once it has. */
    private synchronized void learnLayout() {
        LayoutKnowledge told = lastTold;
        if (told != null && fence.isClosed()) {
            lastTold = null;
            layout.learn(told);
        }
    }

    private static @Nullable ServerState find(Setup now, Known known) {
        for (ServerState server : now.servers()) {
            boolean backup = now.tierOf(server) == ServerTier.BACKUP;
            if (backup == known.backup() && server.address().toString().equals(known.address())) {
                return server;
            }
        }
        return null;
    }

    /**
     * Sets the listener for changes. It runs while a server's state is locked, so it must not ask for {@link #knowledge}:
     * two threads that each change another server would wait for each other for ever.
     */
    void onChange(Runnable listener) {
        setup.get().peers().onChange(listener);
    }

    /** The peers know this version. */
    void knownToPeers(long version) {
        setup.get().peers().knownTo(version);
    }

    /** Every peer that is heard has acknowledged this version. */
    void acknowledgedByPeers(long version) {
        setup.get().peers().acknowledgedTo(version);
    }
}
