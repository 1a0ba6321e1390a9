package io.mempair.proxy.copies;

import io.mempair.proxy.replication.PeerKnowledge;
import io.mempair.proxy.replication.ReplicaState;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Delays a reply until the peers have acknowledged the state it relies on (a server is out, a flush is pending), with a
 * time limit. Confined to its loop.
 */
public final class PeerAckBarrier {

    /** Milliseconds. Normally the agent reports much sooner that the peers know, or that there is no peer. */
    private static final long LIMIT_MILLIS = 5_000;

    private final Runnable known;
    private final Runnable late;
    private boolean over;

    private PeerAckBarrier(Runnable known, Runnable late) {
        this.known = known;
        this.late = late;
    }

    /**
     * Runs exactly one of the two on {@code loop}: {@code known} once the peers know that the server is out, possibly
     * before this method returns; {@code late} if they have not acknowledged it in time.
     */
    static void of(ReplicaState replica, EventLoop loop, Runnable known, Runnable late) {
        if (replica.peersKnow()) {
            known.run();
        } else {
            new PeerAckBarrier(known, late).await(loop, replica::whenPeersKnow);
        }
    }

    /** As {@link #of(ReplicaState, EventLoop, Runnable, Runnable)}, for every change made so far. */
    public static void of(PeerKnowledge peers, EventLoop loop, Runnable known, Runnable late) {
        long version = peers.version();
        if (peers.isKnown(version)) {
            known.run();
        } else {
            new PeerAckBarrier(known, late).await(loop, task -> peers.whenKnown(version, task));
        }
    }

    private void await(EventLoop loop, Consumer<Runnable> whenKnown) {
        whenKnown.accept(() -> loop.execute(() -> end(known)));
        loop.schedule(() -> end(late), LIMIT_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void end(Runnable way) {
        if (!over) {
            over = true;
            way.run();
        }
    }
}
