package io.mempair.proxy.transfer;

import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.rebalance.LateKeys;
import io.mempair.proxy.rebalance.RebalanceEvent;
import io.mempair.proxy.rebalance.RebalancePhase;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The steps of one rebalance after its switch, until what is left behind is deleted: keeps the former servers equal, and lets them serve again.
 * Confined to the first loop, except {@link #late} and {@link #leftNanos}.
 */
final class KeepSteps {

    private static final long LOOK_NANOS = 1_000_000_000L;

    private final LoopContext home;
    private final @Nullable KeptServers kept;
    private final Duration keep;
    private final StepRunner runner;
    private final Consumer<RebalanceEvent> events;
    private volatile long untilNanos;
    private long nextLookNanos;
    private boolean wentBack;

    /**
     * @param kept    null if the former servers are not kept equal
     * @param keep    for how long
     * @param runner  holds a switch back that failed
     * @param events  receives what happens
     */
    KeepSteps(
            LoopContext home,
            @Nullable KeptServers kept,
            Duration keep,
            StepRunner runner,
            Consumer<RebalanceEvent> events) {
        this.home = home;
        this.kept = kept;
        this.keep = keep;
        this.runner = runner;
        this.events = events;
    }

    /** What is behind after the switch; null if nothing is kept. */
    LastStep.@Nullable Side side() {
        return kept == null ? null : kept.side();
    }

    /** What is to be done with each next pool before it serves. */
    Consumer<Pool> watch() {
        return kept == null ? pool -> {} : kept.watch();
    }

    /** The keys that are late at the former servers; any thread. */
    @Nullable
    LateKeys late() {
        return kept == null ? null : kept.late();
    }

    /** Until the former servers need not be equal any more, if nobody goes back; any thread. */
    long leftNanos() {
        return Math.max(0, untilNanos - home.clockNanos());
    }

    /** The next servers serve. */
    void begin() {
        if (kept == null) {
            events.accept(new RebalanceEvent.KeepEnded("the next servers serve"));
            return;
        }
        untilNanos = home.clockNanos() + keep.toNanos();
        nextLookNanos = home.nowNanos() + LOOK_NANOS;
        kept.begin();
    }

    /** Goes on; call it now and then while the former servers are kept equal. */
    void tick(RebalancePhase phase, int round) {
        if (kept == null) {
            return;
        }
        kept.tick();
        if (home.nowNanos() - nextLookNanos >= 0) {
            nextLookNanos = home.nowNanos() + LOOK_NANOS;
            kept.look(why -> events.accept(new RebalanceEvent.KeepEnded(why)));
        }
        if (phase == RebalancePhase.KEEP && home.clockNanos() - untilNanos >= 0) {
            events.accept(
                    new RebalanceEvent.KeepEnded("the former servers were kept equal for " + keep.toSeconds() + " s"));
        } else if (phase == RebalancePhase.RETURN && kept.mayReturn() && !runner.isPaused()) {
            events.accept(new RebalanceEvent.Converged(round));
        }
    }

    /** Tries to let the former servers serve again. */
    void switchBack(RebalanceRun.Switcher switcher, LastStep.Side next, LastStep.Telling telling) {
        KeptServers former = kept;
        if (former == null) {
            throw new AssertionError("nothing is kept");
        }
        switcher.switchBack(() -> LastStep.begin(home, former.copier(), former.late(), former.side(), next, telling))
                .whenCompleteAsync(
                        (done, failure) -> {
                            if (failure == null) {
                                wentBack = true;
                                events.accept(new RebalanceEvent.Switched());
                            } else {
                                runner.pause();
                                events.accept(new RebalanceEvent.SwitchFailed(StepRunner.textOf(failure)));
                            }
                        },
                        home.eventLoop());
    }

    /** Whether the former servers serve again. */
    boolean wentBack() {
        return wentBack;
    }

    /** Copies nothing more; {@link #isIdle} is soon true. */
    void stop() {
        if (kept != null) {
            kept.stop();
        }
    }

    boolean isIdle() {
        return kept == null || kept.isIdle();
    }

    /** Nothing is to be sent to the former servers any more by these steps. */
    void close() {
        if (kept != null) {
            kept.close();
        }
    }
}
