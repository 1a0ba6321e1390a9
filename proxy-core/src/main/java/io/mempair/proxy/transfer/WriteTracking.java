package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.pool.MoveWatch;
import io.mempair.proxy.rebalance.LateKeys;
import io.mempair.proxy.rebalance.SentWrites;
import io.mempair.proxy.recovery.ServerRecovery.LoopView;
import io.mempair.proxy.route.MovePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Has every loop of the proxy note the moving keys that its clients write. Any thread. */
final class WriteTracking {

    private final List<LoopView> loops;
    private final PoolConfig former;
    private final PoolConfig next;
    private final LateKeys late;
    private final SentWrites sent;

    /**
     * @param late  receives the keys
     * @param sent  counts the writes
     */
    WriteTracking(List<LoopView> loops, PoolConfig former, PoolConfig next, LateKeys late, SentWrites sent) {
        this.loops = loops;
        this.former = former;
        this.next = next;
        this.late = late;
        this.sent = sent;
    }

    /** Begins, on every loop; completes when every request that was sent before has ended. */
    CompletableFuture<Void> start() {
        return onEachLoop(this::noteWrites).thenCompose(noted -> onEachLoop(WriteTracking::requestsOver));
    }

    /** Ends it; completes when no loop notes writes any more. */
    CompletableFuture<Void> stop() {
        return onEachLoop(WriteTracking::noteNothing);
    }

    private CompletableFuture<Void> onEachLoop(Function<LoopView, CompletableFuture<Void>> step) {
        return CompletableFuture.allOf(loops.stream().map(step).toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> noteWrites(LoopView loop) {
        return CompletableFuture.runAsync(
                () -> loop.plan().pool().note(new MoveWatch(new MovePlan(former, next), late, sent)),
                loop.loop().eventLoop());
    }

    private static CompletableFuture<Void> noteNothing(LoopView loop) {
        return CompletableFuture.runAsync(
                () -> loop.plan().pool().note(null), loop.loop().eventLoop());
    }

    /** Completes when every request that this loop has sent so far has ended. */
    private static CompletableFuture<Void> requestsOver(LoopView loop) {
        return CompletableFuture.supplyAsync(
                        () -> {
                            List<CompletableFuture<Void>> ends = new ArrayList<>();
                            for (ServerConnection server : loop.plan().pool().all()) {
                                CompletableFuture<Void> end = new CompletableFuture<>();
                                ends.add(end);
                                server.whenAllOver(() -> end.complete(null));
                            }
                            return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
                        },
                        loop.loop().eventLoop())
                .thenCompose(ends -> ends);
    }
}
