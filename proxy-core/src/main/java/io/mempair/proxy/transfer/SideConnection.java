package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.Backpressure;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.health.ReconnectPolicy;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.Pool;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A connection of one loop to a server beside those of its pool, for one task. Confined to the loop. */
final class SideConnection {

    /** Milliseconds for the first try to connect. */
    private static final long CONNECT_MILLIS = 5_000;

    private SideConnection() {}

    /**
     * Connects, runs a task and closes.
     *
     * @param pool  makes the channel, as the pool's own
     * @param task  fails, or does not run, if the server does not answer
     */
    static CompletableFuture<Void> during(
            LoopContext loop, Pool pool, ServerState server, Function<ServerConnection, CompletableFuture<Void>> task) {
        ServerTimeouts timeouts = pool.config().timeouts();
        ReconnectPolicy reconnect =
                new ReconnectPolicy(timeouts.retryMin(), timeouts.retryMax(), new SplittableRandom(loop.newId()));
        ServerConnection connection = new ServerConnection(
                loop, pool.bootstrap(), server.aside(), timeouts, reconnect, new Backpressure(), null);
        return connection
                .start()
                .toCompletableFuture()
                .completeOnTimeout(null, CONNECT_MILLIS, TimeUnit.MILLISECONDS)
                .thenComposeAsync(
                        tried -> connection.usable()
                                ? task.apply(connection)
                                : CompletableFuture.failedFuture(
                                        new IllegalStateException("server " + server.address() + " does not answer")),
                        loop.eventLoop())
                .whenCompleteAsync((done, failure) -> connection.close(), loop.eventLoop());
    }
}
