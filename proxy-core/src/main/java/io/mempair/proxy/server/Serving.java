package io.mempair.proxy.server;

import io.mempair.proxy.loop.Fence;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/** Begins and ends to serve clients: the port, the lease, and who may write to the servers. Any thread. */
final class Serving {

    private final Fence fence;
    private final Loops loops;
    private final Listeners listeners;
    private final KnownServers known;
    private final AtomicLong withdrawals = new AtomicLong();

    Serving(Fence fence, Loops loops, Listeners listeners, KnownServers known) {
        this.fence = fence;
        this.loops = loops;
        this.listeners = listeners;
        this.known = known;
    }

    /** Counts how often this node was told not to serve any more. */
    long withdrawals() {
        return withdrawals.get();
    }

    /**
     * As {@link Proxy#open}, or {@link Proxy#openAhead}; fails if that was withdrawn meanwhile.
     *
     * @param withdrawn  {@link #withdrawals} when it was asked for
     */
    CompletionStage<Void> open(boolean ahead, long withdrawn) {
        if (withdrawals.get() != withdrawn) {
            return CompletableFuture.failedFuture(new IllegalStateException("not to be opened any more"));
        }
        if (!fence.isOpen()) { // the port may be opened before the address is there, and then once more
            known.begin();
            fence.open();
        }
        return loops.each(loop -> loop.clients().undrain()).thenCompose(ready -> listeners.open(ahead));
    }

    /** As {@link Proxy#drain}. */
    CompletionStage<Void> drain(Duration grace) {
        withdrawals.incrementAndGet();
        long reign = fence.drain();
        return listeners
                .close()
                .thenCompose(closed -> loops.each(loop -> loop.clients().drain(grace.toNanos())))
                .thenCompose(drained -> stepDown(reign));
    }

    /** As {@link io.mempair.proxy.handover.ClientHandover#quiesce}. */
    CompletionStage<Void> quiesce(Duration grace) {
        withdrawals.incrementAndGet();
        long reign = fence.drain();
        return loops.each(loop -> loop.clients().quiesce(grace.toNanos())).thenCompose(quiet -> stepDown(reign));
    }

    /** First every loop gives up its requests, which journal what they may have missed; then others may write. */
    private CompletionStage<Void> stepDown(long reign) {
        if (!fence.close(reign)) {
            return CompletableFuture.completedFuture(null); // another drain has finished it, or this node serves again
        }
        return loops.each(loop -> loop.run(loop.context()::cutOff))
                .exceptionally(ended -> null)
                .thenRun(known::end);
    }

    /** As {@link Proxy#dropClients}. */
    CompletionStage<Void> dropClients() {
        return loops.each(loop -> loop.clients().dropAll("standby"));
    }

    /** As {@link Proxy#lease}. */
    void lease(long untilNanos) {
        fence.lease(untilNanos);
        loops.all().forEach(loop -> loop.context().leaseChanged());
    }
}
