package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.rebalance.LateKeys;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The end of a copy, while no loop has a request in flight and no client is read: the last late keys are copied, then the markers
 * are taken away from the servers that are to lead, and put on those that are behind from then on. Done once, whole or not at all. Confined to its
 * loop.
 */
final class LastStep {

    /** It is tried when fewer keys are late. */
    static final int FEW_KEYS = 256;

    /** Longest time for the last late keys, in nanoseconds; clients wait meanwhile. */
    private static final long LIMIT_NANOS = 250_000_000;

    private static final long MARKERS_MILLIS = 250;

    /** Milliseconds for the acknowledgement of a peer. */
    private static final long PEERS_MILLIS = 250;

    /** Milliseconds after which a node that is not heard by its peers has no lease. */
    private static final long LEASE_MILLIS = 2_000;

    private static final long LOOK_MICROS = 500;

    /** Servers of one list, with the marker that says of them that they are behind. */
    record Side(ServerMarkers markers, List<ServerConnection> servers) {

        private List<ServerConnection> usable() {
            return servers.stream().filter(ServerConnection::usable).toList();
        }
    }

    /** What the peers are told, each at its moment: a node that takes over goes by it. */
    interface Telling {
        /** Both lists are equal, and either may lead in a moment; completes when every peer has acknowledged it. */
        CompletableFuture<Void> begins();

        /** The markers are changed, so the other list leads; completes when every peer has acknowledged it. */
        CompletableFuture<Void> succeeds();

        /** Those that led go on; completes when every peer knows it, or is not heard. */
        CompletableFuture<Void> failed();
    }

    private final LoopContext loop;
    private final KeyCopier copier;
    private final LateKeys late;
    private final Side leads;
    private final @Nullable Side behind;
    private final Telling telling;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final long deadlineNanos;
    private final long reign;
    private boolean failed;

    private LastStep(
            LoopContext loop, KeyCopier copier, LateKeys late, Side leads, @Nullable Side behind, Telling telling) {
        this.loop = loop;
        this.copier = copier;
        this.late = late;
        this.leads = leads;
        this.behind = behind;
        this.telling = telling;
        this.deadlineNanos = loop.clockNanos() + LIMIT_NANOS;
        this.reign = loop.reign();
    }

    /**
     * Begins; the future fails if the servers that lead must go on leading.
     *
     * @param leads    the servers that are to lead; they have their marker
     * @param behind   those that lead now and are to be kept equal; null if they are not
     * @param telling  tells the peers
     */
    static CompletableFuture<Void> begin(
            LoopContext loop, KeyCopier copier, LateKeys late, Side leads, @Nullable Side behind, Telling telling) {
        LastStep step = new LastStep(loop, copier, late, leads, behind, telling);
        step.look();
        return step.done;
    }

    private void look() {
        copier.tick();
        if (late.hasOverflowed() || !loop.mayRepair(reign)) {
            fail("writes were not noted, or this node no longer serves");
        } else if (isEqual()) {
            tellPeers();
        } else if (loop.clockNanos() - deadlineNanos > 0) {
            fail(late.size() + " late and " + late.doubtfulCount() + " doubtful keys could not be copied in time"
                    + (copier.mayLead() ? "" : ", or a server lacks keys that only its other copy has"));
        } else {
            loop.eventLoop().schedule(this::look, LOOK_MICROS, TimeUnit.MICROSECONDS);
        }
    }

    private boolean isEqual() {
        return late.size() == 0 && late.doubtfulCount() == 0 && copier.isIdle() && copier.isReady() && copier.mayLead();
    }

    /** From here to the end nobody writes, so a peer that takes over may go by either list. */
    private void tellPeers() {
        telling.begins()
                .orTimeout(PEERS_MILLIS, TimeUnit.MILLISECONDS)
                .whenCompleteAsync(
                        (acknowledged, failure) -> {
                            if (failure == null) {
                                changeMarkers();
                            } else {
                                giveUp("the other node did not acknowledge the switch in time");
                            }
                        },
                        loop.eventLoop());
    }

    /** A server of both lists has one marker at a time, so the one goes before the other comes. */
    private void changeMarkers() {
        leads.markers()
                .takeAway(leads.servers())
                .thenComposeAsync(
                        gone -> behind == null || failed
                                ? CompletableFuture.completedFuture(null)
                                : behind.markers().put(behind.servers()),
                        loop.eventLoop())
                .orTimeout(MARKERS_MILLIS, TimeUnit.MILLISECONDS)
                .thenComposeAsync(
                        changed -> failed
                                ? CompletableFuture.completedFuture(null)
                                : telling.succeeds().orTimeout(PEERS_MILLIS, TimeUnit.MILLISECONDS),
                        loop.eventLoop())
                .whenCompleteAsync(
                        (changed, failure) -> {
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

    /** Before a client is read again: from then on the copies may be out of date, and those that lead are not. */
    private void putMarkersBack(String reason) {
        failed = true; // a marker that goes late must not bring the others
        CompletableFuture<Void> unmarked = behind == null
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.allOf(
                        behind.usable().stream().map(ServerMarkers::clear).toArray(CompletableFuture[]::new));
        unmarked.handle((cleared, failure) -> leads.markers().put(leads.usable()))
                .thenCompose(put -> put)
                .orTimeout(MARKERS_MILLIS, TimeUnit.MILLISECONDS)
                .whenCompleteAsync((put, failure) -> giveUp(reason), loop.eventLoop());
    }

    /** Before a client is read again the peers must not believe any more that the other list may lead. */
    private void giveUp(String reason) {
        telling.failed()
                .completeOnTimeout(null, LEASE_MILLIS, TimeUnit.MILLISECONDS)
                .whenCompleteAsync((known, failure) -> fail(reason), loop.eventLoop());
    }

    private static String text(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause instanceof TimeoutException
                ? "a marker was not changed, or the other node did not acknowledge it, in time"
                : String.valueOf(cause.getMessage());
    }

    private void fail(String reason) {
        done.completeExceptionally(new IllegalStateException(reason));
    }
}
