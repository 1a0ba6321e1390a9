package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.config.MemoryPlan;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.rebalance.LateKeys;
import io.mempair.proxy.rebalance.RebalanceEvent;
import io.mempair.proxy.rebalance.RebalanceStep;
import io.mempair.proxy.rebalance.SentWrites;
import io.mempair.proxy.recovery.KeyWalk;
import io.mempair.proxy.recovery.ServerRecovery.LoopView;
import io.mempair.proxy.route.MovePlan;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Carries out each {@link RebalanceStep} of one rebalance, and reports its end as an event. Confined to the first loop, except
 * {@link #late} and {@link #counts}.
 */
final class RebalanceSteps {

    private static final long LOOK_AT_MARKERS_NANOS = 1_000_000_000L;

    /** Nanoseconds: memcached carries out a {@code flush_all} up to two seconds later. */
    private static final long AFTER_FLUSH_NANOS = 2_500_000_000L;

    /** Nanoseconds between the switch and the first deletion, which a request that began before the switch might see as a miss. */
    private static final long BEFORE_TIDYING_NANOS = 1_000_000_000L;

    private final List<LoopView> loops;
    private final LoopContext home;
    private final RebalanceRun.PoolChange change;
    private final MoveMarkers known;
    private final RebalanceRun.Switcher switcher;
    private final Consumer<RebalanceEvent> events;
    private final StepRunner runner;
    private final TransferCounts counts = new TransferCounts();
    private final LateKeys late;
    private final Route route;
    private final KeyWalk.WalkLimits limits;
    private final NextServers nextServers;
    private final WriteTracking writes;
    private final OldConnections old;
    private final KeyCopier copier;
    private final SentWrites sent;
    private final ServerAudit audit;
    private final KeepSteps keep;
    private final MoveStages stages;
    private volatile long walkBeganNanos;
    private long nextLookNanos;

    /**
     * @param loops     all of the proxy; the first is the current one
     * @param keepFor   how long the former servers are kept equal after a switch
     * @param stages    tells the peers
     * @param events    receives the end of each step
     * @param failures  receives why a step failed, before it is tried again
     */
    RebalanceSteps(
            List<LoopView> loops,
            RebalanceRun.PoolChange change,
            MoveMarkers known,
            RebalanceRun.Switcher switcher,
            Duration keepFor,
            MoveStages stages,
            Consumer<RebalanceEvent> events,
            Consumer<String> failures) {
        this.loops = loops;
        this.home = loops.get(0).loop();
        this.change = change;
        this.known = known;
        this.switcher = switcher;
        this.stages = stages;
        this.events = events;
        this.runner = new StepRunner(home, failures);
        PoolConfig former = change.former().config();
        PoolConfig next = change.next().config();
        this.late = new LateKeys(former.copies().journalBytes());
        this.route = new Route(
                new MovePlan(former, next), change.former().all(), change.next().all());
        this.limits = new KeyWalk.WalkLimits(
                next.rebalance().keysPerSecond(),
                MemoryPlan.ofThisProcess()
                        .spoolBytes(route.sources().size() + route.targets().size()));
        this.nextServers = new NextServers(home, change, route, limits, counts, known);
        this.sent = new SentWrites(route.sources().size());
        OwnWrites own = new OwnWrites();
        this.audit = new ServerAudit(route, former, next, sent, own);
        this.writes = new WriteTracking(loops, former, next, late, sent);
        this.old = new OldConnections(route, loops);
        this.copier = new KeyCopier(
                home,
                change.former().bootstrap(),
                route,
                late,
                limits,
                next.timeouts().connect(),
                counts,
                own);
        boolean canKeep = change.former().all().stream().allMatch(ServerConnection::usable);
        KeptServers kept = keepFor.isZero() || !canKeep ? null : new KeptServers(loops, change, limits, known);
        this.keep = new KeepSteps(home, kept, keepFor, runner, events);
        this.nextLookNanos = home.nowNanos();
    }

    /** The keys whose copy is out of date; any thread. */
    LateKeys late() {
        return late;
    }

    /** After the switch; any thread, as its methods say. */
    KeepSteps keep() {
        return keep;
    }

    /** What is known of the servers; any thread, as its methods say. */
    ServerAudit audit() {
        return audit;
    }

    /** When the walk of this round began, on the clock of {@link LoopContext#clockNanos}; any thread. */
    long walkBeganNanos() {
        return walkBeganNanos;
    }

    /** What became of the keys so far; any thread. */
    TransferCounts counts() {
        return counts;
    }

    /** Begins the rebalance with its first sweep. */
    void begin(int round) {
        nextServers.joiningServe(false);
        sweep(round);
    }

    /** Begins what waits and can begin now; call it now and then. */
    void tick() {
        old.look(home.nowNanos());
        runner.tick();
    }

    /** Marks and sweeps the next servers, once nothing of an earlier round is on its way to them. */
    void sweep(int round) {
        copier.stop();
        abandon();
        sweepWhenPossible(round);
    }

    private void sweepWhenPossible(int round) {
        runner.await(
                this::maySweep,
                () -> runner.follow(
                        nextServers.markAndSweep(),
                        () -> events.accept(new RebalanceEvent.Swept(round)),
                        () -> sweepWhenPossible(round)));
    }

    private boolean maySweep() {
        return copier.isIdle()
                && route.isUsable()
                && route.isDrained()
                && isNoFlushDue()
                && late.isFlushOver(home.nowNanos(), AFTER_FLUSH_NANOS);
    }

    private boolean isNoFlushDue() {
        return loops.get(0).plan().delayedFlush().isOver(home.nowNanos(), AFTER_FLUSH_NANOS);
    }

    /** Has writes noted, then copies every key that moves. */
    void copy(int round) {
        late.restart();
        audit.forget();
        long[] sentBefore = sent.sums();
        runner.follow(
                writes.start(),
                () -> copyWhenReady(round, sentBefore),
                () -> runner.await(() -> true, () -> copy(round)));
    }

    private void copyWhenReady(int round, long[] sentBefore) {
        runner.await(
                copier::isReady,
                () -> runner.follow(
                        audit.begin(sentBefore), () -> walk(round), () -> copyWhenReady(round, sentBefore)));
    }

    private void walk(int round) {
        walkBeganNanos = home.clockNanos();
        copier.begin(walkListener(round));
    }

    private KeyCopier.WalkListener walkListener(int round) {
        return new KeyCopier.WalkListener() {
            @Override
            public void walked() {
                audit.walked(RebalanceSteps.this::giveUp);
                events.accept(new RebalanceEvent.Walked(round));
            }

            @Override
            public void walkFailed(String why) {
                runner.pause();
                events.accept(new RebalanceEvent.Spoiled(round, why));
            }
        };
    }

    /** Goes on with the copy; call it now and then in that phase. */
    void tickCopy(int round) {
        copier.tick();
        lookAtMarkers(round);
    }

    /** A server that has lost its marker has lost its copies as well: it was restarted or flushed. */
    private void lookAtMarkers(int round) {
        if (home.nowNanos() - nextLookNanos < 0) {
            return;
        }
        nextLookNanos = home.nowNanos() + LOOK_AT_MARKERS_NANOS;
        audit.look(this::giveUp);
        nextServers.areMarked().thenAccept(marked -> {
            if (!marked) {
                events.accept(new RebalanceEvent.Spoiled(round, "a server that gets keys has lost its items"));
            }
        });
    }

    private void giveUp(String why) {
        events.accept(new RebalanceEvent.AbortWanted(why));
    }

    /** Whether the copy is so close that the switch may be tried, if every key was copied once. */
    boolean maySwitch() {
        return late.size() < LastStep.FEW_KEYS
                && late.doubtfulCount() == 0
                && copier.isReady()
                && copier.mayLead()
                && audit.isFresh()
                && isNoFlushDue()
                && stages.areAcknowledged()
                && !runner.isPaused();
    }

    /** Tries to let the next servers serve. */
    void switchOver() {
        audit.switching();
        switcher.switchOver(
                        () -> LastStep.begin(home, copier, late, nextSide(), keep.side(), stages.forward()),
                        keep.watch())
                .whenCompleteAsync(
                        (done, failure) -> {
                            if (failure == null) {
                                nextServers.joiningServe(true);
                                route.targets()
                                        .forEach(target ->
                                                known.cleaned(target.state().address()));
                                events.accept(new RebalanceEvent.Switched());
                            } else {
                                runner.pause();
                                events.accept(new RebalanceEvent.SwitchFailed(StepRunner.textOf(failure)));
                            }
                        },
                        home.eventLoop());
    }

    private LastStep.Side nextSide() {
        return new LastStep.Side(nextServers.markers(), route.targets());
    }

    /** The next servers serve: keeps the former ones equal. */
    void keepFormer() {
        copier.stop();
        keep.begin();
    }

    /** Tries to let the former servers serve again. */
    void switchBack() {
        keep.switchBack(switcher, nextSide(), stages.back());
    }

    /**
     * Removes what the former servers still hold, after those requests that began with them, such as the rest of a large
     * multi-get.
     */
    void tidy() {
        copier.stop();
        keep.stop();
        runner.follow(writes.stop(), this::tidyWhenIdle, this::tidyWhenIdle);
    }

    private void tidyWhenIdle() {
        runner.await(keep::isIdle, this::tidyAfterPause);
    }

    private void tidyAfterPause() {
        keep.close();
        LeftItems left = new LeftItems(home, loops.get(0).plan(), change.former(), known, limits, counts);
        left.remember();
        Runnable tidied = () -> events.accept(new RebalanceEvent.Tidied());
        runner.after(BEFORE_TIDYING_NANOS, () -> runner.follow(left.remove(), tidied, tidied));
    }

    /** Has writes noted no more, then deletes what was copied. */
    void undo() {
        copier.stop();
        keep.stop();
        abandon();
        runner.follow(writes.stop(), this::undoWhenPossible, this::undoWhenPossible);
    }

    /** As {@link #undo}, of copies that another node has made. */
    void beginUndo() {
        nextServers.joiningServe(false);
        undo();
    }

    private void undoWhenPossible() {
        Runnable undone = () -> events.accept(new RebalanceEvent.Undone());
        runner.await(() -> copier.isIdle() && keep.isIdle(), () -> {
            keep.close();
            runner.after(
                    keep.wentBack() ? BEFORE_TIDYING_NANOS : 0,
                    () -> runner.follow(nextServers.undo(loops.get(0).plan().pool()), undone, undone));
        });
    }

    private void abandon() {
        runner.abandon();
        nextServers.cancelSweeps();
    }

    /** Drops everything that is under way, and sends nothing more. */
    void stop() {
        copier.stop();
        keep.close();
        abandon();
        writes.stop();
    }
}
