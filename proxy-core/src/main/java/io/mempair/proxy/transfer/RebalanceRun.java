package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.config.LayoutText;
import io.mempair.proxy.config.MemoryPlan;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.MoveWatch;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.rebalance.LateKeys;
import io.mempair.proxy.rebalance.MoveMarker;
import io.mempair.proxy.rebalance.Rebalance;
import io.mempair.proxy.rebalance.RebalanceEvent;
import io.mempair.proxy.rebalance.RebalancePhase;
import io.mempair.proxy.recovery.KeyWalk;
import io.mempair.proxy.recovery.ServerRecovery.LoopView;
import io.mempair.proxy.route.MovePlan;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One rebalance of a pool with one copy: carries out what {@link Rebalance} decides, on the first loop of the proxy. Confined to that
 * loop, except {@link #progress}, {@link #abort} and {@link #over}.
 */
public final class RebalanceRun {

    /** Lets the next servers serve, as one step while no request is in flight. */
    public interface Switcher {
        /**
         * Begins.
         *
         * @param lastStep  begun on the first loop while no request is in flight; if its future fails, nothing changes
         */
        CompletionStage<Void> switchOver(Supplier<CompletableFuture<Void>> lastStep);
    }

    /**
     * From where to where.
     *
     * @param former  the pool of the first loop that serves
     * @param next    the pool of the first loop that is to serve; connected
     */
    public record PoolChange(Pool former, Pool next) {}

    private static final Logger LOG = LoggerFactory.getLogger(RebalanceRun.class);

    private static final long TICK_MILLIS = 20;
    private static final long LOOK_AT_MARKERS_NANOS = 1_000_000_000L;

    /** Nanoseconds between two tries of a step that failed. */
    private static final long RETRY_NANOS = 1_000_000_000L;

    /** Nanoseconds: memcached carries out a {@code flush_all} up to two seconds later. */
    private static final long AFTER_FLUSH_NANOS = 2_500_000_000L;

    /** Nanoseconds between the switch and the first deletion, which a request that began before the switch might see as a miss. */
    private static final long BEFORE_TIDYING_NANOS = 1_000_000_000L;

    /** A switch is tried when fewer keys are late. */
    private static final int FEW_KEYS = 256;

    private final List<LoopView> loops;
    private final LoopContext home;
    private final PoolChange move;
    private final PoolConfig formerConfig;
    private final PoolConfig nextConfig;
    private final int number;
    private final MoveMarkers knownMarkers;
    private final ServerMarkers markers;
    private final Switcher switcher;
    private final LateKeys late;
    private final Route route;
    private final KeyWalk.WalkLimits limits;
    private final KeyCopier copier;
    private final OldConnections old;
    private final TransferCounts counts = new TransferCounts();
    private final CompletableFuture<RebalancePhase> over = new CompletableFuture<>();
    private final long beganNanos;
    private final long reign;

    private volatile Rebalance state = Rebalance.BEGINNING;
    private volatile String reason = "begins";

    private @Nullable Future<?> ticks;

    /** What the tick has to begin once everything it needs is there; null if nothing waits. */
    private @Nullable Runnable pending;

    private @Nullable CompletableFuture<Void> underWay;
    private final List<CompletableFuture<Void>> sweeps = new ArrayList<>();
    private long notBeforeNanos;
    private long nextLookNanos;

    private RebalanceRun(
            int number, List<LoopView> loops, PoolChange move, MoveMarkers knownMarkers, Switcher switcher) {
        this.number = number;
        this.loops = loops;
        this.home = loops.get(0).loop();
        this.move = move;
        this.formerConfig = move.former().config();
        this.nextConfig = move.next().config();
        this.knownMarkers = knownMarkers;
        this.switcher = switcher;
        this.beganNanos = home.clockNanos();
        this.notBeforeNanos = beganNanos;
        this.nextLookNanos = beganNanos;
        this.reign = home.reign();
        MoveMarker marker = new MoveMarker(home.newId(), LayoutText.of(formerConfig), LayoutText.of(nextConfig));
        knownMarkers.begins(marker);
        this.markers = new ServerMarkers(marker);
        this.late = new LateKeys(formerConfig.copies().journalBytes());
        this.route = new Route(
                new MovePlan(formerConfig, nextConfig),
                move.former().primaries().servers(),
                move.next().primaries().servers());
        this.limits = new KeyWalk.WalkLimits(
                nextConfig.rebalance().keysPerSecond(),
                MemoryPlan.ofThisProcess()
                        .spoolBytes(route.sources().size() + route.targets().size()));
        this.old = new OldConnections(route, loops);
        this.copier = new KeyCopier(
                home,
                move.former().bootstrap(),
                route,
                late,
                limits,
                nextConfig.timeouts().connect(),
                counts);
    }

    /**
     * Begins, on the first loop.
     *
     * @param number  counts the rebalances of this process
     * @param loops   all of them; the first is the current one
     */
    public static RebalanceRun begin(
            int number, List<LoopView> loops, PoolChange move, MoveMarkers knownMarkers, Switcher switcher) {
        RebalanceRun run = new RebalanceRun(number, loops, move, knownMarkers, switcher);
        run.say("begins");
        run.heedJoiningServers(false);
        run.sweep();
        run.ticks =
                run.home.eventLoop().scheduleWithFixedDelay(run::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        return run;
    }

    /** What it is doing; any thread. */
    public RebalanceProgress progress() {
        Rebalance now = state;
        return new RebalanceProgress(
                number,
                now.phase(),
                now.round(),
                formerConfig.primaries() + " -> " + nextConfig.primaries(),
                counts.seen(),
                counts.copied(),
                counts.deleted(),
                counts.unfit(),
                late.size(),
                late.doubtfulCount(),
                TimeUnit.NANOSECONDS.toSeconds(home.clockNanos() - beganNanos),
                reason);
    }

    /** Gives it up, if the next servers do not serve yet; any thread. The result says what became of it. */
    public CompletionStage<RebalancePhase> abort(String why) {
        home.eventLoop().execute(() -> on(new RebalanceEvent.AbortWanted(why)));
        return over;
    }

    /** Completes when it is over, with its last phase. */
    public CompletionStage<RebalancePhase> over() {
        return over;
    }

    private void on(RebalanceEvent event) {
        Rebalance before = state;
        Rebalance.RebalanceDecision decision = before.on(event);
        state = decision.next();
        boolean changed = before.phase() != state.phase() || before.round() != state.round();
        if (changed || before.walked() != state.walked()) {
            say(decision.reason());
        }
        switch (decision.step()) {
            case WAIT -> {}
            case SWEEP -> sweep();
            case COPY -> copy();
            case SWITCH -> switchOver();
            case TIDY -> tidy();
            case UNDO -> undo();
            case STOP -> stop();
            case END -> end();
        }
    }

    private void say(String why) {
        reason = why;
        RebalanceProgress now = progress();
        LOG.info(
                "rebalance {} phase={} round={} copied={} deleted={} unfit={} late={} doubtful={} seconds={} reason=\"{}\""
                        + " event=rebalance_phase",
                number,
                now.phase(),
                now.round(),
                now.copied(),
                now.deleted(),
                now.unfit(),
                now.late(),
                now.doubtful(),
                now.seconds(),
                why);
    }

    /** While no client uses a server, no client waits because of what is in flight to it. */
    private void heedJoiningServers(boolean serve) {
        for (ServerConnection target : route.targets()) {
            if (!route.sources().contains(target)) {
                target.slowsClients(serve);
            }
        }
    }

    private void tick() {
        if (state.phase().isOver()) {
            return;
        }
        if (!home.mayRepair(reign)) {
            on(new RebalanceEvent.FenceClosed());
            return;
        }
        old.look(home.nowNanos());
        Runnable next = pending;
        if (next != null && home.nowNanos() - notBeforeNanos >= 0) {
            next.run();
        }
        if (state.phase() == RebalancePhase.COPY) {
            tickCopy();
        }
    }

    private void tickCopy() {
        int round = state.round();
        if (late.hasOverflowed()) {
            on(new RebalanceEvent.Spoiled(
                    round, "servers were flushed, or more keys were written meanwhile than journal-bytes holds"));
            return;
        }
        copier.tick();
        lookAtMarkers(round);
        boolean settled = state.walked()
                && late.size() < FEW_KEYS
                && late.doubtfulCount() == 0
                && copier.isReady()
                && isNoFlushDue();
        if (settled && home.nowNanos() - notBeforeNanos >= 0) {
            on(new RebalanceEvent.Converged(round));
        }
    }

    /** A server that has lost its marker has lost its copies as well: it was restarted or flushed. */
    private void lookAtMarkers(int round) {
        if (home.nowNanos() - nextLookNanos < 0) {
            return;
        }
        nextLookNanos = home.nowNanos() + LOOK_AT_MARKERS_NANOS;
        markers.areThere(route.targets()).thenAccept(there -> {
            if (!there) {
                on(new RebalanceEvent.Spoiled(round, "a server that gets keys has lost its items"));
            }
        });
    }

    private boolean isNoFlushDue() {
        return loops.get(0).plan().delayedFlush().isOver(home.nowNanos(), AFTER_FLUSH_NANOS);
    }

    private void sweep() {
        copier.stop();
        abandonStep();
        pending = this::sweepIfPossible;
    }

    private void sweepIfPossible() {
        if (!copier.isIdle()
                || !route.isUsable()
                || !route.isDrained()
                || !isNoFlushDue()
                || !late.isFlushOver(home.nowNanos(), AFTER_FLUSH_NANOS)) {
            return;
        }
        pending = null;
        int round = state.round();
        CompletableFuture<Void> swept =
                markers.put(route.targets()).thenComposeAsync(put -> sweepAll(), home.eventLoop());
        carryOut(swept, () -> on(new RebalanceEvent.Swept(round)), this::sweepIfPossible);
    }

    private CompletableFuture<Void> sweepAll() {
        for (ServerConnection target : route.targets()) {
            sweepOf(target);
        }
        return CompletableFuture.allOf(sweeps.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> sweepOf(ServerConnection target) {
        CompletableFuture<Void> sweep = Sweep.start(
                home,
                move.former().bootstrap(),
                target,
                nextConfig.timeouts().connect(),
                limits,
                route.strayAt(target),
                counts);
        sweeps.add(sweep);
        return sweep;
    }

    /** Follows a step; one that was replaced meanwhile has no effect. A step that failed is tried again after a pause. */
    private void carryOut(CompletableFuture<Void> step, Runnable then, Runnable again) {
        underWay = step;
        step.whenCompleteAsync(
                (done, failure) -> {
                    if (underWay != step || state.phase().isOver()) {
                        return;
                    }
                    underWay = null;
                    if (failure == null) {
                        then.run();
                    } else {
                        reason = textOf(failure);
                        notBeforeNanos = home.nowNanos() + RETRY_NANOS;
                        pending = again;
                    }
                },
                home.eventLoop());
    }

    private static String textOf(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    private void copy() {
        late.restart();
        carryOut(
                onEachLoop(this::noteWrites).thenCompose(noted -> onEachLoop(this::writesOver)),
                () -> pending = this::copyIfPossible,
                this::copy);
    }

    private CompletableFuture<Void> noteWrites(LoopView loop) {
        return CompletableFuture.runAsync(
                () -> loop.plan().pool().note(new MoveWatch(new MovePlan(formerConfig, nextConfig), late)),
                loop.loop().eventLoop());
    }

    private CompletableFuture<Void> noteNothing(LoopView loop) {
        return CompletableFuture.runAsync(
                () -> loop.plan().pool().note(null), loop.loop().eventLoop());
    }

    /** Completes when every request that this loop has sent so far has ended. */
    private CompletableFuture<Void> writesOver(LoopView loop) {
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

    private CompletableFuture<Void> onEachLoop(Function<LoopView, CompletableFuture<Void>> step) {
        return CompletableFuture.allOf(loops.stream().map(step).toArray(CompletableFuture[]::new));
    }

    private void copyIfPossible() {
        if (!copier.isReady()) {
            return;
        }
        pending = null;
        int round = state.round();
        copier.begin(new KeyCopier.WalkListener() {
            @Override
            public void walked() {
                on(new RebalanceEvent.Walked(round));
            }

            @Override
            public void walkFailed(String why) {
                notBeforeNanos = home.nowNanos() + RETRY_NANOS;
                on(new RebalanceEvent.Spoiled(round, why));
            }
        });
    }

    private void switchOver() {
        switcher.switchOver(() -> LastStep.begin(home, copier, late, markers, route.targets()))
                .whenCompleteAsync(
                        (done, failure) -> {
                            if (failure == null) {
                                heedJoiningServers(true);
                                on(new RebalanceEvent.Switched());
                            } else {
                                notBeforeNanos = home.nowNanos() + RETRY_NANOS;
                                on(new RebalanceEvent.SwitchFailed(textOf(failure)));
                            }
                        },
                        home.eventLoop());
    }

    /** After those requests that began with the former servers, such as the rest of a large multi-get. */
    private void tidy() {
        copier.stop();
        LeftItems left = new LeftItems(home, loops.get(0).plan(), move.former(), knownMarkers, limits, counts);
        left.remember();
        notBeforeNanos = home.nowNanos() + BEFORE_TIDYING_NANOS;
        pending = () -> {
            pending = null;
            carryOut(left.remove(), () -> on(new RebalanceEvent.Tidied()), () -> on(new RebalanceEvent.Tidied()));
        };
    }

    private void undo() {
        copier.stop();
        abandonStep();
        carryOut(
                onEachLoop(this::noteNothing),
                () -> pending = this::undoIfPossible,
                () -> pending = this::undoIfPossible);
    }

    /** Servers that do not answer keep their marker, and what was copied to them; both are remembered. */
    private void undoIfPossible() {
        if (!copier.isIdle()) {
            return;
        }
        pending = null;
        List<CompletableFuture<Void>> swept = new ArrayList<>();
        for (ServerConnection target : route.targets()) {
            CompletableFuture<Void> one = target.usable() && target.state().draining() == 0
                    ? sweepOf(target).thenComposeAsync(done -> ServerMarkers.clear(target), home.eventLoop())
                    : CompletableFuture.failedFuture(new IllegalStateException("cannot be reached"));
            swept.add(one.handle((done, failure) -> {
                if (failure != null) {
                    knownMarkers.leftBehind(target.state().address());
                    LOG.warn(
                            "server {} keeps copies of a rebalance that was given up: {} event=rebalance_left_copies",
                            target.state().address(),
                            textOf(failure));
                }
                return null;
            }));
        }
        Runnable undone = () -> on(new RebalanceEvent.Undone());
        carryOut(CompletableFuture.allOf(swept.toArray(CompletableFuture[]::new)), undone, undone);
    }

    private void abandonStep() {
        CompletableFuture<Void> step = underWay;
        underWay = null;
        pending = null;
        if (step != null) {
            step.cancel(false);
        }
        sweeps.forEach(sweep -> sweep.cancel(false));
        sweeps.clear();
    }

    private void stop() {
        copier.stop();
        abandonStep();
        onEachLoop(this::noteNothing);
        end();
    }

    private void end() {
        if (ticks != null) {
            ticks.cancel(false);
        }
        over.complete(state.phase());
    }
}
