package io.mempair.proxy.server;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.replication.WriteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Quiesces all loops for a reload. If keys have two copies, before or after, servers may change only while no loop has
 * a request in flight:
 *
 * <ul>
 * <li>A write queued in the {@link WriteOrder} would be overtaken by a later one that is not ordered because only one
 * copy is left.
 * <li>A write sent for one copy, or for another backup, would miss the backup that another loop has filled meanwhile.
 * <li>A client would see the mark of a running refill, because with one copy no read checks for marks.
 * </ul>
 *
 * <p>So all loops stop reading clients, requests in flight finish, one loop takes every stripe, the servers change, and
 * reading resumes. Input waits meanwhile.
 */
final class QuiescedReload {

    private final List<OneLoop> loops;
    private final WriteOrder order;

    /** The request of the first loop for all stripes; withdrawn when the time limit has passed. */
    private final Runnable allHeldUp = this::allHeldUp;

    /** Each loop's request for all stripes: it is granted when every write queued before has ended. */
    private final Map<OneLoop, Runnable> waitsForTurns = new ConcurrentHashMap<>();

    /** Completed on the first loop, which then owns all stripes. */
    private final CompletableFuture<Void> reached = new CompletableFuture<>();

    private QuiescedReload(List<OneLoop> loops) {
        this.loops = loops;
        this.order = loops.get(0).plan().order();
    }

    /**
     * Runs a change while everything is quiesced.
     *
     * @param limit   how long at most the requests under way are waited for; then nothing changes, and the future fails
     * @param change  begun on the first loop; done when its future is
     */
    static CompletableFuture<Void> during(
            List<OneLoop> loops, Duration limit, Supplier<CompletableFuture<Void>> change) {
        return new QuiescedReload(loops).carryOut(limit, change);
    }

    private CompletableFuture<Void> carryOut(Duration limit, Supplier<CompletableFuture<Void>> change) {
        reached.orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS);
        onEach(loop -> loop.run(() -> loop.plan().pool().backpressure().hold()))
                .thenCompose(held -> onEach(this::requestsOver))
                .thenCompose(over -> loops.get(0).run(this::holdUpAll))
                .whenComplete((begun, failure) -> {
                    if (failure != null) {
                        reached.completeExceptionally(failure);
                    }
                });
        return reached.thenCompose(quiesced -> reached.thenCompose(begun -> change.get())
                        .whenComplete((done, failure) -> loops.get(0).run(order::globalEnded)))
                .handle((done, failure) ->
                        onEach(loop -> loop.run(() -> goOn(loop))).thenCompose(read -> resultOf(limit, failure)))
                .thenCompose(result -> result);
    }

    private void holdUpAll() {
        if (!reached.isDone()) {
            order.global(allHeldUp);
        }
    }

    /** The reload is over, or too late: withdraws its requests from the loop and reads the loop's clients again. */
    private void goOn(OneLoop loop) {
        WriteOrder turns = loop.plan().order();
        turns.withdraw(allHeldUp);
        Runnable turnsOver = waitsForTurns.remove(loop);
        if (turnsOver != null) {
            turns.withdraw(turnsOver);
        }
        loop.plan().pool().backpressure().release();
    }

    /** Releases the stripes at once if the time limit has passed. */
    private void allHeldUp() {
        if (!reached.complete(null)) {
            order.globalEnded();
        }
    }

    private static CompletableFuture<Void> resultOf(Duration limit, Throwable failure) {
        if (failure == null) {
            return CompletableFuture.completedFuture(null);
        }
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return CompletableFuture.failedFuture(
                cause instanceof TimeoutException
                        ? new IllegalStateException("requests under way did not end in " + limit.toMillis()
                                + " ms: no server was changed, reload again when the servers answer")
                        : cause);
    }

    /** Completes when all queued writes and all requests in flight are over; clients are not read meanwhile. */
    private CompletableFuture<Void> requestsOver(OneLoop loop) {
        return loop.supply(() -> {
                    List<CompletableFuture<Void>> over = new ArrayList<>();
                    for (ServerConnection server : loop.plan().pool().all()) {
                        CompletableFuture<Void> answered = new CompletableFuture<>();
                        over.add(answered);
                        server.whenAllOver(() -> answered.complete(null));
                    }
                    CompletableFuture<Void> turnsOver = new CompletableFuture<>();
                    over.add(turnsOver);
                    WriteOrder turns = loop.plan().order();
                    Runnable turnsCome = () -> {
                        waitsForTurns.remove(loop);
                        turns.globalEnded();
                        turnsOver.complete(null);
                    };
                    waitsForTurns.put(loop, turnsCome);
                    turns.global(turnsCome);
                    return CompletableFuture.allOf(over.toArray(CompletableFuture[]::new));
                })
                .thenCompose(over -> over);
    }

    private CompletableFuture<Void> onEach(Function<OneLoop, CompletableFuture<Void>> step) {
        return CompletableFuture.allOf(loops.stream().map(step).toArray(CompletableFuture[]::new));
    }
}
