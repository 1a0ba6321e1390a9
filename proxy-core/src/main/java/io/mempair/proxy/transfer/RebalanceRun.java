package io.mempair.proxy.transfer;

import io.mempair.proxy.config.LayoutText;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.rebalance.LateKeys;
import io.mempair.proxy.rebalance.Rebalance;
import io.mempair.proxy.rebalance.RebalanceEvent;
import io.mempair.proxy.rebalance.RebalancePhase;
import io.mempair.proxy.recovery.ServerRecovery.LoopView;
import io.mempair.proxy.replication.LayoutInForce;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One rebalance of a pool, on the first loop of the proxy: tells {@link Rebalance} what has happened, has
 * {@link RebalanceSteps} carry out what it decides, and reports how far it is. Confined to that loop, except {@link #progress},
 * {@link #abort} and {@link #over}.
 */
public final class RebalanceRun {

    /** Lets the next servers serve, as one step while no request is in flight. */
    public interface Switcher {
        /**
         * Begins.
         *
         * @param lastStep   begun on the first loop while no request is in flight; if its future fails, nothing changes
         * @param beforeUse  called with each next pool, on its loop, before that serves
         */
        CompletionStage<Void> switchOver(Supplier<CompletableFuture<Void>> lastStep, Consumer<Pool> beforeUse);

        /**
         * Begins to let the former servers serve again; they are connected to first.
         *
         * @param lastStep  as for {@link #switchOver}
         */
        CompletionStage<Void> switchBack(Supplier<CompletableFuture<Void>> lastStep);
    }

    /**
     * From where to where.
     *
     * @param former  the pool of the first loop that serves
     * @param next    the pool of the first loop that is to serve; connected
     */
    public record PoolChange(Pool former, Pool next) {}

    /** With what a rebalance of this process begins. */
    public enum FirstStep {
        /** With its beginning. */
        FILL,

        /** The next servers lead already: another node has switched, and did not survive it. The former ones are emptied. */
        TIDY,

        /** It was given up by a node that did not survive it: the next servers are emptied. */
        UNDO;

        private Rebalance state() {
            return switch (this) {
                case FILL -> Rebalance.BEGINNING;
                case TIDY -> new Rebalance(RebalancePhase.TIDY, 1, false, false, false);
                case UNDO -> new Rebalance(RebalancePhase.UNDO, 1, false, false, false);
            };
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(RebalanceRun.class);

    private static final long TICK_MILLIS = 20;

    private final int number;
    private final LoopContext home;
    private final PoolChange change;
    private final RebalanceSteps steps;
    private final CompletableFuture<RebalancePhase> over = new CompletableFuture<>();
    private final long beganNanos;
    private final long reign;

    private final MoveStages stages;
    private volatile Rebalance state;
    private volatile String reason = "begins";

    /** Why it is given up; empty while it is not. */
    private String givenUp = "";

    private @Nullable Future<?> ticks;

    private RebalanceRun(
            int number,
            List<LoopView> loops,
            PoolChange change,
            FirstStep first,
            MoveMarkers knownMarkers,
            LayoutInForce layout,
            Switcher switcher) {
        this.number = number;
        this.home = loops.get(0).loop();
        this.change = change;
        this.state = first.state();
        this.beganNanos = home.clockNanos();
        this.reign = home.reign();
        this.stages = new MoveStages(
                layout,
                LayoutText.of(change.former().config()),
                LayoutText.of(change.next().config()));
        Duration keep =
                first == FirstStep.FILL ? change.next().config().rebalance().keep() : Duration.ZERO;
        this.steps =
                new RebalanceSteps(loops, change, knownMarkers, switcher, keep, stages, this::on, why -> reason = why);
    }

    /**
     * Begins, on the first loop.
     *
     * @param number  counts the rebalances of this process
     * @param loops   all of them; the first is the current one
     * @param layout  tells the peers; of a rebalance that begins with {@link FirstStep#FILL} it has told them
     */
    public static RebalanceRun begin(
            int number,
            List<LoopView> loops,
            PoolChange change,
            FirstStep first,
            MoveMarkers knownMarkers,
            LayoutInForce layout,
            Switcher switcher) {
        RebalanceRun run = new RebalanceRun(number, loops, change, first, knownMarkers, layout, switcher);
        run.say("begins");
        run.stages.at(run.state.phase());
        switch (first) {
            case FILL -> run.steps.begin(run.state.round());
            case TIDY -> run.steps.tidy();
            case UNDO -> run.steps.beginUndo();
        }
        run.ticks =
                run.home.eventLoop().scheduleWithFixedDelay(run::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        return run;
    }

    /** The pool from which keys move; any thread. */
    public PoolConfig former() {
        return change.former().config();
    }

    /** What it is doing; any thread. */
    public RebalanceProgress progress() {
        Rebalance now = state;
        TransferCounts counts = steps.counts();
        LateKeys kept = steps.keep().late();
        LateKeys late = kept != null && now.phase().keepsFormer() ? kept : steps.late();
        return new RebalanceProgress(
                number,
                now.phase(),
                now.round(),
                described(change.former().config()) + " -> "
                        + described(change.next().config()),
                counts.seen(),
                steps.audit().expectedKeys(),
                counts.visitedKeys(),
                counts.copied(),
                counts.deleted(),
                counts.unfit(),
                steps.audit().evicted(),
                late.size(),
                late.doubtfulCount(),
                TimeUnit.NANOSECONDS.toSeconds(home.clockNanos() - beganNanos),
                secondsLeft(now, counts),
                reason);
    }

    private static String described(PoolConfig pool) {
        return pool.primaries() + (pool.hasBackupTier() ? " and backups " + pool.backups() : "");
    }

    private long secondsLeft(Rebalance now, TransferCounts counts) {
        if (now.phase() == RebalancePhase.KEEP) {
            return TimeUnit.NANOSECONDS.toSeconds(steps.keep().leftNanos());
        }
        if (now.phase() != RebalancePhase.COPY) {
            return -1;
        }
        return RebalanceProgress.secondsLeft(
                steps.audit().expectedKeys(),
                now.walked() ? steps.audit().expectedKeys() : counts.visitedKeys(),
                home.clockNanos() - steps.walkBeganNanos(),
                change.next().config().rebalance().keysPerSecond());
    }

    /** The former servers need not be kept equal any more; any thread. */
    public CompletionStage<RebalancePhase> finish(String why) {
        home.eventLoop().execute(() -> on(new RebalanceEvent.KeepEnded(why)));
        return over;
    }

    /** Gives it up, unless it is too late: the former servers serve, or serve again; any thread. The result says what became of it. */
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
        if (event instanceof RebalanceEvent.AbortWanted abort
                && (state.phase().keepsFormer() || !state.phase().nextLeads())) {
            givenUp = givenUp.isEmpty() ? abort.reason() : givenUp;
        }
        boolean changed = before.phase() != state.phase() || before.round() != state.round();
        if (changed || before.walked() != state.walked()) {
            say(state.phase() == RebalancePhase.ABORTED ? givenUp + "; " + decision.reason() : decision.reason());
        }
        if (!before.phase().isOver()) {
            stages.at(state.phase());
        }
        switch (decision.step()) {
            case WAIT -> {}
            case SWEEP -> steps.sweep(state.round());
            case COPY -> steps.copy(state.round());
            case SWITCH -> steps.switchOver();
            case KEEP -> steps.keepFormer();
            case SWITCH_BACK -> steps.switchBack();
            case TIDY -> steps.tidy();
            case UNDO -> steps.undo();
            case STOP -> {
                steps.stop();
                end();
            }
            case END -> end();
        }
    }

    private void say(String why) {
        reason = why;
        RebalanceProgress now = progress();
        LOG.atInfo()
                .addKeyValue("rebalance", number)
                .log(
                        "rebalance {} phase={} round={} copied={} deleted={} unfit={} evicted={} late={} doubtful={} seconds={} reason=\"{}\""
                                + " event=rebalance_phase",
                        number,
                        now.phase(),
                        now.round(),
                        now.copied(),
                        now.deleted(),
                        now.unfit(),
                        now.evicted(),
                        now.late(),
                        now.doubtful(),
                        now.seconds(),
                        why);
    }

    private void tick() {
        if (state.phase().isOver()) {
            return;
        }
        if (!home.mayRepair(reign)) {
            if (home.reign() != reign || !home.isServing()) { // else a late lease may still be renewed
                on(new RebalanceEvent.FenceClosed());
            }
            return;
        }
        steps.tick();
        if (state.phase() == RebalancePhase.COPY) {
            tickCopy();
        } else if (state.phase().keepsFormer()) {
            steps.keep().tick(state.phase(), state.round());
        }
    }

    private void tickCopy() {
        int round = state.round();
        if (steps.late().hasOverflowed()) {
            on(new RebalanceEvent.Spoiled(
                    round, "servers were flushed, or more keys were written meanwhile than journal-bytes holds"));
            return;
        }
        steps.tickCopy(round);
        if (state.walked() && steps.maySwitch()) {
            on(new RebalanceEvent.Converged(round));
        }
    }

    private void end() {
        if (ticks != null) {
            ticks.cancel(false);
        }
        over.complete(state.phase());
    }
}
