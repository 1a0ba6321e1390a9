package io.mempair.ha.agent;

import io.mempair.ha.time.Timers;
import io.mempair.proxy.server.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes the parts of a node, once, each on its own thread. Any thread; never blocks. */
final class Closing {

    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private final NodeParts parts;
    private final Proxy proxy;
    private final Timers timers;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    Closing(NodeParts parts, Proxy proxy, Timers timers) {
        this.parts = parts;
        this.proxy = proxy;
        this.timers = timers;
    }

    /** Completes when every part is closed or the limit has passed; never fails. */
    CompletableFuture<Void> closed() {
        return closed;
    }

    /**
     * Closes proxy and address in parallel, because each has its own limit and the total must stay under {@code limit}.
     * Closes the group after the address: a peer that finds the port closed takes this node for dead and claims. Only
     * the first call has an effect.
     *
     * @param first  runs first, on this thread
     * @param last   runs when every part is closed
     */
    void begin(Duration limit, Runnable first, Runnable last) {
        if (!begun.compareAndSet(false, true)) {
            return;
        }
        first.run();
        CompletableFuture<Void> all = CompletableFuture.allOf(
                inBackground("address", parts.address()::close)
                        .thenCompose(done -> inBackground("group", parts.group()::close)),
                inBackground("announcer", parts.announcer()::close),
                inBackground("proxy", proxy::close));
        timers.after(limit, () -> closed.complete(null));
        all.whenComplete((done, failure) -> {
            last.run();
            closed.complete(null);
            timers.close();
        });
    }

    private static CompletableFuture<Void> inBackground(String what, Runnable close) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        close.run();
                    } catch (RuntimeException e) {
                        LOG.warn("closing the {}: {}", what, e.toString());
                    } finally {
                        done.complete(null);
                    }
                },
                "mempair-close-" + what);
        thread.setDaemon(true);
        thread.start();
        return done;
    }
}
