package io.mempair.proxy.server;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the event loops live, and what broke them. A loop that ends takes its clients along and leaves the port open: so
 * nobody may take the rest for a proxy that works. The first cause counts. Any thread.
 */
final class LoopEnds {

    private static final Logger LOG = LoggerFactory.getLogger(LoopEnds.class);

    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean closing;

    /** Has the end of each loop told, from now on. */
    void watch(List<? extends EventLoop> loops) {
        for (int i = 0; i < loops.size(); i++) {
            int number = i;
            loops.get(i)
                    .terminationFuture()
                    .addListener(done -> broken(new IllegalStateException("event loop " + number + " ended")));
        }
    }

    /** The proxy cannot go on after this; nothing is told while it closes. Whoever is told may end the process. */
    void broken(Throwable cause) {
        if (!closing && ended.completeExceptionally(cause)) {
            LOG.error("the proxy cannot continue: {}", String.valueOf(cause));
        }
    }

    /** What ends from now on was wanted. */
    void closing() {
        closing = true;
        ended.complete(null);
    }

    /** Completes when the proxy closes; fails, with what broke, when a loop ended by itself or cannot be relied on. */
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
