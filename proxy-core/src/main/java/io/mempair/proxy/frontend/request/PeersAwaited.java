package io.mempair.proxy.frontend.request;

import io.mempair.proxy.replication.Ledger;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/**
 * An answer that relies on a server being out, and so waits until the peers know that it is, but not for ever. Confined to its
 * loop.
 */
final class PeersAwaited {

    /** The agent says much sooner that the peers know, or that there is none. */
    private static final long LIMIT_MILLIS = 5_000;

    private final Runnable known;
    private final Runnable late;
    private boolean over;

    private PeersAwaited(Runnable known, Runnable late) {
        this.known = known;
        this.late = late;
    }

    /**
     * Runs exactly one of the two on {@code loop}: {@code known} when the peers know that the server is out, which may be
     * before this returns; {@code late} when they did not come to know it in time.
     */
    static void of(Ledger ledger, EventLoop loop, Runnable known, Runnable late) {
        if (ledger.peersKnow()) {
            known.run();
            return;
        }
        PeersAwaited awaited = new PeersAwaited(known, late);
        ledger.whenPeersKnow(() -> loop.execute(() -> awaited.end(awaited.known)));
        loop.schedule(() -> awaited.end(awaited.late), LIMIT_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void end(Runnable way) {
        if (!over) {
            over = true;
            way.run();
        }
    }
}
