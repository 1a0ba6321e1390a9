package io.mempair.proxy.copies;

import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.replication.PeerKnowledge;
import io.mempair.proxy.replication.ReplicaState;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Delays a reply until the peers have acknowledged the state it relies on (a server is out, a flush is pending), with a
 * time limit. Confined to its loop.
 */
public final class PeerAckBarrier {

    /** Milliseconds. Normally the agent reports much sooner that the peers know, or that there is no peer. */
    private static final long LIMIT_MILLIS = 5_000;

    private final LoopContext loop;
    private final long reign;
    private final Runnable known;
    private final Runnable late;
    private boolean over;

    private PeerAckBarrier(LoopContext loop, Runnable known, Runnable late) {
        this.loop = loop;
        this.reign = loop.reign();
        this.known = known;
        this.late = late;
    }

    /**
     * Runs exactly one of the two on {@code loop}: {@code known} once the peers know that the server is out, possibly
     * before this method returns; {@code late} if they have not acknowledged it in time, or in this reign.
     */
    static void of(ReplicaState replica, LoopContext loop, Runnable known, Runnable late) {
        if (replica.peersKnow()) {
            known.run();
        } else {
            new PeerAckBarrier(loop, known, late).await(replica::whenPeersKnow);
        }
    }

    /** As {@link #of(ReplicaState, LoopContext, Runnable, Runnable)}, for every change made so far. */
    public static void of(PeerKnowledge peers, LoopContext loop, Runnable known, Runnable late) {
        long version = peers.version();
        if (peers.isKnown(version)) {
            known.run();
        } else {
            new PeerAckBarrier(loop, known, late).await(task -> peers.whenKnown(version, task));
        }
    }

    private void await(Consumer<Runnable> whenKnown) {
        whenKnown.accept(() -> loop.eventLoop().execute(() -> end(loop.reign() == reign ? known : late)));
        loop.eventLoop().schedule(() -> end(late), LIMIT_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void end(Runnable way) {
        if (!over) {
            over = true;
            way.run();
        }
    }
}
