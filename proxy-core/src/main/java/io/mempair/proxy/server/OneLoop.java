package io.mempair.proxy.server;

import io.mempair.proxy.frontend.ClientRegistry;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.ServingPlan;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * One event loop with its clients and plan.
 *
 * @param context  the loop
 * @param plan     what its clients are served with
 * @param clients  its clients
 */
record OneLoop(LoopContext context, ServingPlan plan, ClientRegistry clients) {

    /** Runs {@code task} on the loop, from any thread; fails if the loop has ended. */
    <T> CompletableFuture<T> supply(Supplier<T> task) {
        try {
            return CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return task.get();
                        } catch (Throwable t) {
                            context.threw(t); // the stage keeps it, and may be nobody's
                            throw t;
                        }
                    },
                    context.eventLoop());
        } catch (RejectedExecutionException ended) {
            return CompletableFuture.failedFuture(new IllegalStateException("the proxy closes", ended));
        }
    }

    /** As {@link #supply}, of what has no result. */
    CompletableFuture<Void> run(Runnable task) {
        return supply(() -> {
            task.run();
            return null;
        });
    }
}
