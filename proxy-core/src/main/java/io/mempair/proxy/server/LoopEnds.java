package io.mempair.proxy.server;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tracks whether the event loops are alive, and what broke them. A loop that ends drops its clients and leaves the port
 * open, so the proxy must not count as working. Keeps the first cause. Any thread.
 */
final class LoopEnds {

    private static final Logger LOG = LoggerFactory.getLogger(LoopEnds.class);

    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean closing;

    /** Watches the end of each loop. */
    void watch(List<? extends EventLoop> loops) {
        for (int i = 0; i < loops.size(); i++) {
            int number = i;
            loops.get(i)
                    .terminationFuture()
                    .addListener(done -> broken(new IllegalStateException("event loop " + number + " ended")));
        }
    }

    /** Reports an error the proxy cannot continue after; ignored while it closes. The receiver may end the process. */
    void broken(Throwable cause) {
        if (!closing && ended.completeExceptionally(cause)) {
            LOG.atError()
                    .addKeyValue("reason", String.valueOf(cause))
                    .log("the proxy cannot continue: {} event=proxy_broken", String.valueOf(cause));
        }
    }

    /** Loops that end from now on do so as intended. */
    void closing() {
        closing = true;
        ended.complete(null);
    }

    /** Completes when the proxy closes; fails with the cause when a loop ended by itself or is unreliable. */
    CompletionStage<Void> ended() {
        return ended.minimalCompletionStage();
    }

    /** What broke, or null. */
    @Nullable
    Throwable cause() {
        return ended.isCompletedExceptionally()
                ? ended.handle((done, cause) -> cause).getNow(null)
                : null;
    }
}
