package io.mempair.deploy.handover;

import io.mempair.deploy.faults.FaultFailure;
import io.mempair.deploy.faults.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@code deploy/handover.sh}: switchovers back and forth that no client notices. What must hold: every answer is the right one, each {@code incr} is counted once, and no connection is closed, reset, refused or hangs. What hand-overs take is
 * printed beside the bounds and is no failure: that depends on the machine.
 */
final class HandoverShow {

    private static final Duration BEFORE = Duration.ofSeconds(3);
    private static final Duration AFTER = Duration.ofSeconds(2);

    /** Longer than a client waits until it counts as hung. */
    private static final Duration ANSWERED = Duration.ofSeconds(15);

    private final HandoverOptions options;
    private final HandoverLab lab;
    private final LoadFigures figures = new LoadFigures(true);
    private final List<Long> wholes = new ArrayList<>();
    private final List<Long> stalls = new ArrayList<>();

    HandoverShow(HandoverOptions options) {
        this.options = options;
        this.lab = new HandoverLab(options);
    }

    boolean run() throws InterruptedException {
        boolean done = false;
        try (ClientLoad load = new ClientLoad(
                lab.address(), LoadPatience.STAYS, options.clients(), options.rate(), options.seed(), figures)) {
            lab.start();
            load.start();
            lab.untilWarm("b");
            Waiting.last(BEFORE);
            String active = "a";
            for (int i = 1; i <= options.switchovers(); i++) {
                switchOver(i, active, load);
                active = HandoverLab.other(active);
            }
            load.end();
            done = true;
        } catch (FaultFailure | IllegalStateException e) {
            System.out.println("BROKEN " + e.getMessage());
        }
        boolean holds = done && figures.isClean();
        if (!holds) {
            System.err.println(lab.logs());
        }
        lab.stop();
        return verdict(holds);
    }

    private void switchOver(int number, String active, ClientLoad load) {
        long[] before = figures.longestMillis();
        HandoverLab.HandedOver told = lab.switchOver(active);
        long switchedNanos = System.nanoTime();
        Waiting.last(AFTER);
        // by the new node: the next switchover must not end their wait
        Waiting.until(
                "each client is answered by " + HandoverLab.other(active),
                ANSWERED,
                () -> load.oldestDueNanos() - switchedNanos > 0);
        long[] longest = figures.longestMillis();
        if (told.moved() == 0) {
            throw new FaultFailure(active + " has handed nothing over");
        }
        wholes.add(told.millis());
        stalls.add(longest[0]);
        System.out.printf(
                Locale.ROOT,
                "%2d %s to %s: %d moved, %d not; whole %d ms, longest stall %d ms, of a new connection %d ms; before it %d"
                        + " ms%n",
                number,
                active,
                HandoverLab.other(active),
                told.moved(),
                told.notMoved(),
                told.millis(),
                longest[0],
                longest[1],
                before[0]);
    }

    private boolean verdict(boolean holds) {
        if (!wholes.isEmpty()) {
            System.out.println(HandoverBound.of(options.clients())
                    .beside(median(wholes), most(wholes), median(stalls), most(stalls)));
        }
        System.out.println(figures);
        System.out.println(holds ? "holds" : "DOES NOT HOLD");
        return holds;
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static long most(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).max().orElse(0);
    }
}
