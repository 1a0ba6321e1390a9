package io.mempair.proxy.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.rebalance.Rebalance.RebalanceDecision;
import io.mempair.proxy.rebalance.RebalanceEvent.AbortWanted;
import io.mempair.proxy.rebalance.RebalanceEvent.Converged;
import io.mempair.proxy.rebalance.RebalanceEvent.FenceClosed;
import io.mempair.proxy.rebalance.RebalanceEvent.KeepEnded;
import io.mempair.proxy.rebalance.RebalanceEvent.Spoiled;
import io.mempair.proxy.rebalance.RebalanceEvent.Swept;
import io.mempair.proxy.rebalance.RebalanceEvent.SwitchFailed;
import io.mempair.proxy.rebalance.RebalanceEvent.Switched;
import io.mempair.proxy.rebalance.RebalanceEvent.Tidied;
import io.mempair.proxy.rebalance.RebalanceEvent.Undone;
import io.mempair.proxy.rebalance.RebalanceEvent.Walked;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every order of events up to a length, also events of earlier rounds and events that come twice. */
class RebalanceTest {

    private static final int LONGEST = 7;

    private long orders;

    /** What an observer knows from the steps that were decided and the events that followed them. */
    private record Seen(
            Rebalance state, int sweptRound, int walkedRound, boolean spoiled, boolean switching, boolean led) {}

    @Test
    void neverSwitchesBeforeEveryKeyOfTheRoundWasCopied() {
        explore(new Seen(Rebalance.BEGINNING, 0, 0, false, false, false), new ArrayList<>());
        assertThat(orders).isGreaterThan(1_000_000);
    }

    private void explore(Seen seen, List<RebalanceEvent> past) {
        orders++;
        if (past.size() == LONGEST) {
            return;
        }
        for (RebalanceEvent event : events(seen)) {
            past.add(event);
            explore(after(seen, event, past), past);
            past.remove(past.size() - 1);
        }
    }

    /** Switched and SwitchFailed end a switch that was begun; the others may come at any time. */
    private static List<RebalanceEvent> events(Seen seen) {
        int round = seen.state().round();
        List<RebalanceEvent> events = new ArrayList<>(List.of(
                new Swept(round),
                new Walked(round),
                new Converged(round),
                new Spoiled(round, "lost"),
                new Swept(round - 1),
                new Walked(round - 1),
                new AbortWanted("operator"),
                new FenceClosed()));
        if (seen.switching()) {
            events.add(new Switched());
            events.add(new SwitchFailed("late"));
        } else {
            events.add(seen.led() ? new Tidied() : new Undone());
            if (seen.led()) {
                events.add(new KeepEnded("time"));
            }
        }
        return events;
    }

    private static Seen after(Seen seen, RebalanceEvent event, List<RebalanceEvent> past) {
        RebalanceDecision decision = seen.state().on(event);
        Rebalance next = decision.next();
        int round = next.round();
        boolean swept =
                event instanceof Swept end && end.round() == seen.state().round();
        boolean walked =
                event instanceof Walked end && end.round() == seen.state().round();
        int sweptRound = swept && seen.state().phase() == RebalancePhase.SWEEP ? round : seen.sweptRound();
        int walkedRound = walked && sweptRound == round ? round : seen.walkedRound();
        boolean switched = event instanceof Switched && !seen.state().phase().isOver();
        boolean led = switched ? seen.state().phase() == RebalancePhase.SWITCH : seen.led();

        assertThat(round)
                .as("round after %s", past)
                .isGreaterThanOrEqualTo(seen.state().round());
        if (decision.step() == RebalanceStep.SWITCH) {
            assertThat(sweptRound).as("swept in this round, %s", past).isEqualTo(round);
            assertThat(walkedRound).as("walked in this round, %s", past).isEqualTo(round);
            assertThat(seen.switching()).as("one switch at a time, %s", past).isFalse();
        }
        if (decision.step() == RebalanceStep.COPY) {
            assertThat(sweptRound).as("swept before it is copied, %s", past).isEqualTo(round);
        }
        assertThat(next.phase().nextLeads())
                .as("the next servers lead only after a switch, %s", past)
                .isEqualTo(led && next.phase() != RebalancePhase.LEFT);
        if (seen.state().phase().isOver()) {
            assertThat(next).as("nothing follows the end, %s", past).isEqualTo(seen.state());
            assertThat(decision.step()).isEqualTo(RebalanceStep.WAIT);
        }
        if (event instanceof AbortWanted && !seen.led() && !seen.state().phase().isOver()) {
            assertThat(next.phase() == RebalancePhase.UNDO || next.aborting())
                    .as("given up, or as soon as the switch fails, %s", past)
                    .isTrue();
        }
        boolean switching = decision.step() == RebalanceStep.SWITCH
                || decision.step() == RebalanceStep.SWITCH_BACK
                || (seen.switching()
                        && !(event instanceof Switched)
                        && !(event instanceof SwitchFailed)
                        && !next.phase().isOver());
        return new Seen(next, sweptRound, walkedRound, false, switching, led);
    }

    @Test
    void goesThroughItsPhases() {
        Rebalance now = Rebalance.BEGINNING;
        for (RebalanceEvent event : List.of(
                new Swept(1), new Walked(1), new Converged(1), new Switched(), new KeepEnded("time"), new Tidied())) {
            now = now.on(event).next();
        }
        assertThat(now.phase()).isEqualTo(RebalancePhase.DONE);
    }

    @Test
    void beginsAnewWhenCopiesAreLostAndIgnoresTheEarlierWalk() {
        Rebalance again = Rebalance.BEGINNING
                .on(new Swept(1))
                .next()
                .on(new Spoiled(1, "restarted"))
                .next();
        assertThat(again.round()).isEqualTo(2);
        assertThat(again.on(new Walked(1)).next()).isEqualTo(again);
        assertThat(again.on(new Swept(1)).step()).isEqualTo(RebalanceStep.WAIT);
        assertThat(again.on(new Swept(2)).step()).isEqualTo(RebalanceStep.COPY);
    }

    @Test
    void goesOnCopyingWhenASwitchDoesNotComeAbout() {
        Rebalance switching = Rebalance.BEGINNING
                .on(new Swept(1))
                .next()
                .on(new Walked(1))
                .next()
                .on(new Converged(1))
                .next();
        assertThat(switching
                        .on(new SwitchFailed("silent"))
                        .next()
                        .on(new Converged(1))
                        .step())
                .isEqualTo(RebalanceStep.SWITCH);
        assertThat(switching
                        .on(new Spoiled(1, "flushed"))
                        .next()
                        .on(new SwitchFailed("silent"))
                        .step())
                .isEqualTo(RebalanceStep.SWEEP);
        assertThat(switching
                        .on(new AbortWanted("x"))
                        .next()
                        .on(new SwitchFailed("silent"))
                        .step())
                .isEqualTo(RebalanceStep.UNDO);
        assertThat(switching.on(new AbortWanted("x")).next().on(new Switched()).step())
                .isEqualTo(RebalanceStep.KEEP);
        assertThat(switching
                        .on(new AbortWanted("x"))
                        .next()
                        .on(new Switched())
                        .next()
                        .phase())
                .as("given up all the same")
                .isEqualTo(RebalancePhase.RETURN);
    }

    private static Rebalance after(RebalanceEvent... events) {
        Rebalance now = Rebalance.BEGINNING;
        for (RebalanceEvent event : events) {
            now = now.on(event).next();
        }
        return now;
    }

    @Test
    void theFormerServersServeAgainOnlyByASwitchAndOnlyWhileTheyAreKept() {
        Rebalance keeps = after(new Swept(1), new Walked(1), new Converged(1), new Switched());
        assertThat(keeps.phase()).isEqualTo(RebalancePhase.KEEP);
        assertThat(keeps.on(new Converged(1)).step()).as("nobody asked").isEqualTo(RebalanceStep.WAIT);
        assertThat(keeps.on(new KeepEnded("time")).step()).isEqualTo(RebalanceStep.TIDY);

        Rebalance returns = keeps.on(new AbortWanted("x")).next();
        assertThat(returns.on(new KeepEnded("restarted")).step()).isEqualTo(RebalanceStep.TIDY);
        assertThat(returns.on(new Converged(1)).step()).isEqualTo(RebalanceStep.SWITCH_BACK);

        Rebalance switching = returns.on(new Converged(1)).next();
        assertThat(switching.on(new SwitchFailed("silent")).next().phase()).isEqualTo(RebalancePhase.RETURN);
        assertThat(switching
                        .on(new KeepEnded("x"))
                        .next()
                        .on(new SwitchFailed("silent"))
                        .step())
                .isEqualTo(RebalanceStep.TIDY);
        assertThat(switching.on(new KeepEnded("x")).next().on(new Switched()).step())
                .as("it has worked before")
                .isEqualTo(RebalanceStep.UNDO);
        Rebalance back = switching.on(new Switched()).next();
        assertThat(back.phase().nextLeads()).isFalse();
        assertThat(back.on(new Undone()).next().phase()).isEqualTo(RebalancePhase.ABORTED);
        assertThat(after(new Swept(1), new Walked(1), new Converged(1), new Switched(), new KeepEnded("x"))
                        .on(new AbortWanted("late"))
                        .step())
                .isEqualTo(RebalanceStep.WAIT);
    }
}
