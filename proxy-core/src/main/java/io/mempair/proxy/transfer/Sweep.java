package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.recovery.KeyWalk;
import io.mempair.proxy.refill.KeySync;
import io.mempair.proxy.refill.KeySync.SyncOutcome;
import io.mempair.proxy.replication.Key;
import io.netty.bootstrap.Bootstrap;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Deletes from one server the keys that no client reads or writes there. Confined to its loop. */
final class Sweep {

    private final LoopContext loop;
    private final ServerConnection server;
    private final TransferCounts counts;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final KeyWalk walk;
    private boolean failed;

    private Sweep(
            LoopContext loop,
            Bootstrap bootstrap,
            ServerConnection server,
            Duration connectTimeout,
            KeyWalk.WalkLimits limits,
            Predicate<Key> strays,
            TransferCounts counts) {
        this.loop = loop;
        this.server = server;
        this.counts = counts;
        this.walk = KeyWalk.start(
                loop, bootstrap, server.state(), connectTimeout, limits, strays, this::delete, this::ended);
    }

    /**
     * Starts.
     *
     * @param strays  the keys to delete; no client may use them at that server
     * @return completes when each that existed at the start is deleted; fails if that did not work. Cancelling it ends
     *     the sweep
     */
    static CompletableFuture<Void> start(
            LoopContext loop,
            Bootstrap bootstrap,
            ServerConnection server,
            Duration connectTimeout,
            KeyWalk.WalkLimits limits,
            Predicate<Key> strays,
            TransferCounts counts) {
        Sweep sweep = new Sweep(loop, bootstrap, server, connectTimeout, limits, strays, counts);
        sweep.done.whenComplete((end, failure) -> {
            if (sweep.done.isCancelled()) {
                sweep.walk.stop();
            }
        });
        return sweep.done;
    }

    private void delete(Key key, Runnable ended) {
        if (failed) {
            ended.run();
            return;
        }
        KeySync.delete(loop, server, key, outcome -> {
            counts.ended(outcome);
            if (outcome == SyncOutcome.FAILED) {
                failed = true;
            }
            ended.run();
        });
    }

    private void ended(@Nullable String reason) {
        if (reason == null && !failed) {
            done.complete(null);
        } else {
            done.completeExceptionally(new IllegalStateException(
                    reason == null ? "server " + server.state().address() + " did not answer a deletion" : reason));
        }
    }
}
