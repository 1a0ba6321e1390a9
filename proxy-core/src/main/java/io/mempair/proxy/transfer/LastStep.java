package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.rebalance.LateKeys;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The end of the copy, while no loop has a request in flight and no client is read: the last late keys are copied, then the markers
 * are taken away. Done once, whole or not at all. Confined to its loop.
 */
final class LastStep {

    /** Longest time for the last late keys, in nanoseconds; clients wait meanwhile. */
    private static final long LIMIT_NANOS = 250_000_000;

    private static final long MARKERS_MILLIS = 250;

    private static final long LOOK_MICROS = 500;

    private final LoopContext loop;
    private final KeyCopier copier;
    private final LateKeys late;
    private final ServerMarkers markers;
    private final List<ServerConnection> targets;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final long deadlineNanos;
    private final long reign;

    private LastStep(
            LoopContext loop, KeyCopier copier, LateKeys late, ServerMarkers markers, List<ServerConnection> targets) {
        this.loop = loop;
        this.copier = copier;
        this.late = late;
        this.markers = markers;
        this.targets = targets;
        this.deadlineNanos = loop.clockNanos() + LIMIT_NANOS;
        this.reign = loop.reign();
    }

    /** Begins; the future fails if the former servers must go on leading. */
    static CompletableFuture<Void> begin(
            LoopContext loop, KeyCopier copier, LateKeys late, ServerMarkers markers, List<ServerConnection> targets) {
        LastStep step = new LastStep(loop, copier, late, markers, targets);
        step.look();
        return step.done;
    }

    private void look() {
        copier.tick();
        if (late.hasOverflowed() || !loop.mayRepair(reign)) {
            fail("writes were not noted, or this node no longer serves");
        } else if (late.size() == 0 && late.doubtfulCount() == 0 && copier.isIdle() && copier.isReady()) {
            takeMarkersAway();
        } else if (loop.clockNanos() - deadlineNanos > 0) {
            fail(late.size() + " late and " + late.doubtfulCount() + " doubtful keys could not be copied in time");
        } else {
            loop.eventLoop().schedule(this::look, LOOK_MICROS, TimeUnit.MICROSECONDS);
        }
    }

    private void takeMarkersAway() {
        markers.takeAway(targets)
                .orTimeout(MARKERS_MILLIS, TimeUnit.MILLISECONDS)
                .whenCompleteAsync(
                        (gone, failure) -> {
                            if (failure == null && loop.mayRepair(reign) && !late.hasOverflowed()) {
                                done.complete(null);
                            } else {
                                putMarkersBack(
                                        failure == null
                                                ? "servers are flushed, or this node no longer serves"
                                                : text(failure));
                            }
                        },
                        loop.eventLoop());
    }

    /** Before a client is read again: from then on the copies may be out of date. */
    private void putMarkersBack(String reason) {
        List<ServerConnection> there =
                targets.stream().filter(ServerConnection::usable).toList();
        markers.put(there)
                .orTimeout(MARKERS_MILLIS, TimeUnit.MILLISECONDS)
                .whenCompleteAsync((put, failure) -> fail(reason), loop.eventLoop());
    }

    private static String text(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause instanceof TimeoutException
                ? "a marker was not taken away in time"
                : String.valueOf(cause.getMessage());
    }

    private void fail(String reason) {
        done.completeExceptionally(new IllegalStateException(reason));
    }
}
