package io.mempair.proxy.server;

import io.mempair.proxy.config.LayoutText;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.rebalance.RebalancePhase;
import io.mempair.proxy.recovery.ServerRecovery;
import io.mempair.proxy.replication.LayoutInForce;
import io.mempair.proxy.transfer.MoveMarkers;
import io.mempair.proxy.transfer.RebalanceProgress;
import io.mempair.proxy.transfer.RebalanceRun;
import io.mempair.proxy.transfer.ServerCheck;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The rebalances of one proxy, one at a time. Any thread. */
final class Rebalances {

    /** Seconds that a reload waits for a rebalance to be undone. */
    private static final long UNDO_SECONDS = 60;

    /** Seconds until an operator who gave one up is told that it takes longer. */
    private static final long ABORT_SECONDS = 5;

    private final List<OneLoop> loops;
    private final LayoutInForce layout;
    private volatile @Nullable RebalanceRun run;
    private int begun;

    /** @param layout  tells the peers */
    Rebalances(List<OneLoop> loops, LayoutInForce layout) {
        this.loops = loops;
        this.layout = layout;
    }

    /** Whether the keys that this change moves are copied first. */
    static boolean isWanted(PoolConfig now, PoolConfig next) {
        return next.rebalance().copies() && changesLayout(now, next);
    }

    private static boolean changesLayout(PoolConfig now, PoolConfig next) {
        return !LayoutText.of(now).equals(LayoutText.of(next));
    }

    /**
     * Why the servers must not be changed like this at once; empty if they may: a server that still holds what was left
     * behind would be read by another placement.
     */
    static Optional<String> refusal(PoolConfig now, PoolConfig next, MoveMarkers markers) {
        if (!changesLayout(now, next)) {
            return Optional.empty();
        }
        if (isWanted(now, next)) {
            return now.inBothTiers().or(next::inBothTiers).map(Rebalances::inBothTiers);
        }
        for (ServerAddress server : next.servers()) {
            if (markers.unswept().contains(server)) {
                return Optional.of("server " + server + " may still hold items of another rebalance, which are out of"
                        + " date: reload with rebalance: copy, which deletes them (nothing was changed)");
            }
        }
        return Optional.empty();
    }

    private static String inBothTiers(ServerAddress server) {
        return "rebalance: copy: server " + server
                + " is in servers and in backups, where its keys cannot be told apart:"
                + " give each tier servers of its own by a reload with rebalance: off, where keys that move may be misses, and reload"
                + " again with rebalance: copy (nothing was changed)";
    }

    /** Whether the servers of both pools, of the first loop, can take part; fails if not. */
    CompletableFuture<Void> check(Pool next) {
        OneLoop home = loops.get(0);
        return home.supply(() -> ServerCheck.of(home.context(), home.plan().pool(), next))
                .thenCompose(checked -> checked);
    }

    /**
     * Begins one.
     *
     * @param other     the pool of the first loop to which keys move or, at another first step, which is emptied
     * @param switcher  lets it and those of the other loops serve
     * @return completes when it has begun
     */
    CompletableFuture<RebalanceRun> begin(
            Pool other, RebalanceRun.FirstStep first, MoveMarkers markers, RebalanceRun.Switcher switcher) {
        OneLoop home = loops.get(0);
        List<ServerRecovery.LoopView> views = loops.stream()
                .map(loop -> new ServerRecovery.LoopView(loop.context(), loop.plan()))
                .toList();
        return home.supply(() -> {
            Pool serving = home.plan().pool();
            RebalanceRun.PoolChange change = first == RebalanceRun.FirstStep.TIDY
                    ? new RebalanceRun.PoolChange(other, serving)
                    : new RebalanceRun.PoolChange(serving, other);
            RebalanceRun begins = RebalanceRun.begin(++begun, views, change, first, markers, layout, switcher);
            run = begins;
            return begins;
        });
    }

    /** Completes when none is under way; one of an earlier reign of this node ends soon, and must not end what a new one has begun. */
    CompletableFuture<Void> over() {
        RebalanceRun last = run;
        return last == null
                ? CompletableFuture.completedFuture(null)
                : last.over()
                        .toCompletableFuture()
                        .thenApply(end -> (Void) null)
                        .orTimeout(UNDO_SECONDS, TimeUnit.SECONDS);
    }

    /** Whether one is under way. */
    boolean isUnderWay() {
        RebalanceRun last = run;
        return last != null && !last.progress().phase().isOver();
    }

    /** What the present one, or the last one, is doing. */
    Optional<RebalanceProgress> progress() {
        RebalanceRun last = run;
        return last == null ? Optional.empty() : Optional.of(last.progress());
    }

    /** Gives up the one that is under way. */
    CompletionStage<String> abort() {
        RebalanceRun last = run;
        RebalancePhase phase =
                last == null ? RebalancePhase.DONE : last.progress().phase();
        if (last == null || phase.isOver()) {
            return CompletableFuture.failedFuture(new IllegalStateException("no rebalance is under way"));
        }
        if (phase.nextLeads() && !phase.keepsFormer()) {
            return CompletableFuture.failedFuture(new IllegalStateException("the next servers serve already: to go"
                    + " back, wait until it is done and reload the former list"));
        }
        int number = last.progress().number();
        return last.abort("given up by the operator")
                .thenApply(end -> "rebalance " + number + ' ' + end)
                .toCompletableFuture()
                .completeOnTimeout(
                        "rebalance " + number + " is being given up: see 'mempair rebalance'",
                        ABORT_SECONDS,
                        TimeUnit.SECONDS);
    }

    /** The former servers of the one that is under way are kept equal no longer. */
    CompletionStage<String> finish() {
        RebalanceRun last = run;
        if (last == null || last.progress().phase() != RebalancePhase.KEEP) {
            return CompletableFuture.failedFuture(new IllegalStateException("no rebalance keeps its former servers"));
        }
        int number = last.progress().number();
        return last.finish("ended by the operator")
                .thenApply(end -> "rebalance " + number + ' ' + end)
                .toCompletableFuture()
                .completeOnTimeout(
                        "rebalance " + number + " deletes what is left behind: see 'mempair rebalance'",
                        ABORT_SECONDS,
                        TimeUnit.SECONDS);
    }

    /** Completes when a reload to that pool may begin; fails if one that is under way stands against it. */
    CompletableFuture<Void> makeWayFor(PoolConfig now, PoolConfig next) {
        RebalanceRun last = run;
        if (last == null || last.progress().phase().isOver()) {
            return CompletableFuture.completedFuture(null);
        }
        RebalanceProgress progress = last.progress();
        boolean back = progress.phase().nextLeads()
                ? progress.phase().keepsFormer() && !changesLayout(last.former(), next)
                : !changesLayout(now, next);
        if (!back) {
            return CompletableFuture.failedFuture(new IllegalStateException("rebalance " + progress.number()
                    + " is under way (" + progress.phase() + "): wait until it is done, end it by"
                    + " 'mempair rebalance finish' if it keeps the former servers, or give it up by 'mempair rebalance abort' or by"
                    + " reloading the former list (nothing was changed)"));
        }
        return last.abort("the former list was reloaded")
                .toCompletableFuture()
                .thenApply(end -> (Void) null)
                .orTimeout(UNDO_SECONDS, TimeUnit.SECONDS);
    }
}
