package io.mempair.ha.agent;

import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.server.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims the address of a reign that begins with connections of the peer only when the port is open: new clients come with the
 * address, and what the peer's host held for it comes at once. Agent thread.
 */
final class ClaimAfterPort {

    private static final Logger LOG = LoggerFactory.getLogger(ClaimAfterPort.class);

    /** For the port, after which the address is claimed all the same; it takes a millisecond. */
    private static final long OPEN_NANOS = 100_000_000;

    private final Proxy proxy;
    private final EventQueue events;
    private CompletionStage<Void> opened = CompletableFuture.completedFuture(null);
    private @Nullable Runnable pending;
    private long byNanos;

    ClaimAfterPort(Proxy proxy, EventQueue events) {
        this.proxy = proxy;
        this.events = events;
    }

    /** Opens the port, then claims. */
    void begin(Runnable claim, long nowNanos) {
        pending = claim;
        byNanos = nowNanos + OPEN_NANOS;
        opened = proxy.openAhead().exceptionally(ClaimAfterPort::opensLater);
        opened.thenRun(() -> events.putTask(now -> claim(claim)));
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
