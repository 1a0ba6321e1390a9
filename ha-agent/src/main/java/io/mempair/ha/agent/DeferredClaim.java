package io.mempair.ha.agent;

import io.mempair.ha.handover.HandoverTarget;
import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.server.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims the address of a reign that begins with connections of the peer only when the port is open: new clients come with the
 * address, and what the peer's host held for it comes at once. Where this host tracks connections it waits for those taken, too:
 * a firewall drops or resets what belongs to none that it knows. Agent thread.
 */
final class DeferredClaim {

    private static final Logger LOG = LoggerFactory.getLogger(DeferredClaim.class);

    /** For the port, after which the address is claimed all the same; it takes a millisecond. */
    private static final long OPEN_NANOS = 100_000_000;

    /** For port, commit and connections: the wait for the commit ends before, and then there are none. */
    private static final long CONNECTIONS_NANOS = HandoverTarget.COMMIT_NANOS + 100_000_000;

    private final Proxy proxy;
    private final EventQueue events;
    private CompletionStage<Void> opened = CompletableFuture.completedFuture(null);
    private @Nullable Runnable pending;
    private long byNanos;

    DeferredClaim(Proxy proxy, EventQueue events) {
        this.proxy = proxy;
        this.events = events;
    }

    /**
     * Opens the port, then claims.
     *
     * @param connectionsFirst  whether to claim only after another stage, which {@link #after} names when it has begun
     */
    void begin(Runnable claim, boolean connectionsFirst, long nowNanos) {
        pending = claim;
        byNanos = nowNanos + (connectionsFirst ? CONNECTIONS_NANOS : OPEN_NANOS);
        opened = proxy.openAhead().exceptionally(DeferredClaim::opensLater);
        if (!connectionsFirst) {
            after(opened);
        }
    }

    /** What waits to be claimed is, once that is over. */
    void after(CompletionStage<?> stage) {
        Runnable waiting = pending;
        if (waiting != null) {
            stage.whenComplete((done, failure) -> events.putTask(now -> claim(waiting)));
        }
    }

    /** Completes when the last port that was to be opened is, or could not be. */
    CompletionStage<Void> opened() {
        return opened;
    }

    /** The address is released, or the reign is over: a claim that waits is none any more. */
    void cancel() {
        pending = null;
    }

    /** Time has passed. */
    void tick(long nowNanos) {
        Runnable late = pending;
        if (late != null && nowNanos - byNanos >= 0) {
            claim(late);
        }
    }

    private void claim(Runnable wanted) {
        if (wanted.equals(pending)) {
            pending = null;
            wanted.run();
        }
    }

    private static @Nullable Void opensLater(Throwable failure) {
        LOG.warn(
                "the port opens after the address, so that new clients may be refused in between: {}",
                FailureText.of(failure));
        return null;
    }
}
