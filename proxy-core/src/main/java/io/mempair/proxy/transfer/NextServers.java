package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.config.LayoutText;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.rebalance.MoveMarker;
import io.mempair.proxy.recovery.KeyWalk;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The next servers of one rebalance while the former ones lead: marks them, deletes what earlier lists left there, and undoes both. Confined to
 * its loop.
 */
final class NextServers {

    private static final Logger LOG = LoggerFactory.getLogger(NextServers.class);

    private final LoopContext loop;
    private final RebalanceRun.PoolChange change;
    private final Route route;
    private final KeyWalk.WalkLimits limits;
    private final TransferCounts counts;
    private final MoveMarkers known;
    private final ServerMarkers markers;
    private final List<CompletableFuture<Void>> sweeps = new ArrayList<>();

    /** @param known  learns of the marker of this rebalance, and of servers that could not be undone */
    NextServers(
            LoopContext loop,
            RebalanceRun.PoolChange change,
            Route route,
            KeyWalk.WalkLimits limits,
            TransferCounts counts,
            MoveMarkers known) {
        this.loop = loop;
        this.change = change;
        this.route = route;
        this.limits = limits;
        this.counts = counts;
        this.known = known;
        MoveMarker marker = new MoveMarker(
                loop.newId(),
                LayoutText.of(change.former().config()),
                LayoutText.of(change.next().config()));
        known.begins(marker);
        this.markers = new ServerMarkers(marker);
    }

    /** The marker of this rebalance. */
    ServerMarkers markers() {
        return markers;
    }

    /**
     * Says whether clients use the servers that join. While no client uses a server, no client waits because of what is in flight
     * to it.
     */
    void joiningServe(boolean serve) {
        for (ServerConnection target : route.targets()) {
            if (!route.sources().contains(target)) {
                target.slowsClients(serve);
            }
        }
    }

    /**
     * Marks every server, then deletes from each the keys that the former list does not place there; fails if one server does not confirm
     * it. Cancelling it leaves the sweeps that have begun: see {@link #cancelSweeps}.
     */
    CompletableFuture<Void> markAndSweep() {
        return markers.put(route.targets()).thenComposeAsync(marked -> sweepAll(), loop.eventLoop());
    }

    private CompletableFuture<Void> sweepAll() {
        cancelSweeps(); // those of an earlier try: one that failed would fail this try too
        route.targets().forEach(this::sweep);
        return CompletableFuture.allOf(sweeps.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> sweep(ServerConnection target) {
        CompletableFuture<Void> sweep = Sweep.start(
                loop,
                change.former().bootstrap(),
                target,
                change.next().config().timeouts().connect(),
                limits,
                route.strayAt(target),
                counts);
        sweeps.add(sweep);
        return sweep;
    }

    private CompletableFuture<Void> sweepAndClear(ServerConnection target) {
        return sweep(target).thenComposeAsync(swept -> ServerMarkers.clear(target), loop.eventLoop());
    }

    /** Ends the sweeps that are under way. */
    void cancelSweeps() {
        sweeps.forEach(sweep -> sweep.cancel(false));
        sweeps.clear();
    }

    /** Whether each server has its marker still; fails if one does not answer. */
    CompletableFuture<Boolean> areMarked() {
        return markers.areThere(route.targets());
    }

    /**
     * Deletes what was copied, and the markers; completes when each server was tried. Servers that do not answer keep both, and
     * are remembered.
     *
     * @param serving  the pool that serves; connections to servers that have left it may end at any time
     */
    CompletableFuture<Void> undo(Pool serving) {
        return CompletableFuture.allOf(
                route.targets().stream().map(target -> undo(target, serving)).toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> undo(ServerConnection target, Pool serving) {
        CompletableFuture<Void> undone;
        if (target.state().draining() > 0) {
            undone = CompletableFuture.failedFuture(new IllegalStateException("still owes answers"));
        } else if (target.isEnding()) {
            undone = SideConnection.during(loop, serving, target.state(), this::sweepAndClear);
        } else if (target.usable()) {
            undone = sweepAndClear(target);
        } else {
            undone = CompletableFuture.failedFuture(new IllegalStateException("cannot be reached"));
        }
        return undone.handle((done, failure) -> {
            if (failure != null) {
                known.leftBehind(target.state().address());
                LOG.atWarn()
                        .addKeyValue("server", target.state().address())
                        .addKeyValue("reason", StepRunner.textOf(failure))
                        .log(
                                "server {} keeps copies of a rebalance that was given up: {} event=rebalance_left_copies",
                                target.state().address(),
                                StepRunner.textOf(failure));
            }
            return null;
        });
    }
}
