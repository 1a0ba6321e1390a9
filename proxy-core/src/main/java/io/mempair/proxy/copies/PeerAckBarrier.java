package io.mempair.proxy.copies;

import io.mempair.proxy.replication.PeerKnowledge;
import io.mempair.proxy.replication.ReplicaState;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * An answer that relies on what the peers are to know, that a server is out or a flush to come, and so waits until they do, but not for ever. Confined to its
 * loop.
 */
public final class PeerAckBarrier {

    /** The agent says much sooner that the peers know, or that there is none. */
    private static final long LIMIT_MILLIS = 5_000;

    private final Runnable known;
    private final Runnable late;
    private boolean over;

    private PeerAckBarrier(Runnable known, Runnable late) {
        this.known = known;
        this.late = late;
    }

    /**
     * Runs exactly one of the two on {@code loop}: {@code known} when the peers know that the server is out, which may be
     * before this returns; {@code late} when they did not come to know it in time.
     */
    static void of(ReplicaState replica, EventLoop loop, Runnable known, Runnable late) {
        if (replica.peersKnow()) {
            known.run();
        } else {
            new PeerAckBarrier(known, late).await(loop, replica::whenPeersKnow);
        }
    }

    /** As {@link #of(ReplicaState, EventLoop, Runnable, Runnable)}, of all that has changed until now. */
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
