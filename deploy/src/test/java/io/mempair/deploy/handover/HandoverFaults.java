package io.mempair.deploy.handover;

import io.mempair.deploy.faults.AddressWatch;
import io.mempair.deploy.faults.FaultFailure;
import io.mempair.deploy.faults.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * {@code deploy/handover.sh --faults N}: at N random moments of hand-overs a node is killed, stopped or cut off. Clients give a
 * connection up that does not answer for a second, and connect again. What must hold: no answer is a wrong one, no {@code incr} is
 * counted twice or lost once it is acknowledged, one node serves again in time, and address, settings of the kernel and sockets are
 * as they should be afterwards.
 */
final class HandoverFaults {

    /** From the command on: most hand-overs are over by then, and the later moments belong to the time right after. */
    private static final int MOST_MILLIS = 300;

    private static final Duration FAULT = Duration.ofSeconds(3);

    /** Far above the bounds of the failover table, on any machine. */
    private static final Duration SERVES = Duration.ofSeconds(20);

    /** A hold may last as long as the guard is told to. */
    private static final Duration TIDY = Duration.ofSeconds(30);

    private final HandoverOptions options;
    private final HandoverLab lab;
    private final SplittableRandom random;
    private final LoadFigures figures = new LoadFigures(false);
    private final Map<String, Map<String, String>> settings = new TreeMap<>();

    HandoverFaults(HandoverOptions options) {
        this.options = options;
        this.lab = new HandoverLab(options);
        this.random = new SplittableRandom(options.seed());
    }

    boolean run() throws InterruptedException {
        List<String> broken = new ArrayList<>();
        try (AddressWatch watch = lab.watch();
                ClientLoad load = new ClientLoad(
                        lab.address(),
                        LoadPatience.RETURNS,
                        options.clients(),
                        options.rate(),
                        options.seed(),
                        figures)) {
            for (String node : HandoverLab.NODES) {
                settings.put(node, lab.settings(node));
            }
            lab.start();
            load.start();
            for (int i = 1; i <= options.faults(); i++) {
                round(i, watch);
            }
            load.end();
            broken.addAll(CounterReader.wrong(lab.address(), load.counters()));
            System.out.println(load.counters().size() + " counters read");
        } catch (FaultFailure | IllegalStateException | IOException e) {
            broken.add(String.valueOf(e.getMessage()));
        }
        if (figures.wrongAnswers() > 0) {
            broken.add(figures.wrongAnswers() + " wrong answers");
        }
        if (!broken.isEmpty()) {
            System.err.println(lab.logs());
        }
        lab.stop();
        System.out.println(figures);
        broken.forEach(what -> System.out.println("BROKEN " + what));
        System.out.println(broken.isEmpty() ? "holds" : "DOES NOT HOLD");
        return broken.isEmpty();
    }

    private void round(int number, AddressWatch watch) {
        String active = watch.holders().contains("b") ? "b" : "a";
        HandoverFault fault = HandoverFault.ALL.get(random.nextInt(HandoverFault.ALL.size()));
        String victim = HandoverLab.NODES.get(random.nextInt(2));
        int millis = random.nextInt(MOST_MILLIS);
        long lostBefore = figures.lostConnections();
        CompletableFuture<Void> command = CompletableFuture.runAsync(() -> lab.ask(active, "switchover"));
        Waiting.last(Duration.ofMillis(millis));
        lab.fault(fault.on(victim));
        long beganNanos = System.nanoTime();
        String other = HandoverLab.other(victim);
        Waiting.until(other + " serves", SERVES, () -> lab.isActive(other));
        long servesMillis = (System.nanoTime() - beganNanos) / 1_000_000;
        Waiting.last(FAULT);
        lab.heal();
        if (fault == HandoverFault.KILL) {
            lab.restart(victim);
        }
        awaitTidy(watch);
        command.join();
        System.out.printf(
                Locale.ROOT,
                "%3d %s %s (%s) %d ms after the command: %d connections lost, one node active again after %d ms%n",
                number,
                fault,
                victim,
                victim.equals(active) ? "old node" : "new node",
                millis,
                figures.lostConnections() - lostBefore,
                servesMillis);
    }

    /** One node has the address and serves, the other is ready; settings and sockets of both are as before. */
    private void awaitTidy(AddressWatch watch) {
        Waiting.until("one node has the address", TIDY, () -> watch.holders().size() == 1);
        String active = watch.holders().contains("b") ? "b" : "a";
        Waiting.until(active + " serves", TIDY, () -> lab.isActive(active));
        HandoverLab.NODES.forEach(lab::untilReady);
        for (String node : HandoverLab.NODES) {
            Waiting.until(
                    "the settings of " + node + " are " + settings.get(node) + " again",
                    TIDY,
                    () -> lab.settings(node).equals(settings.get(node)));
        }
        String standby = HandoverLab.other(active);
        Waiting.until(standby + " has no connection to the address", TIDY, () -> lab.connectionsOf(standby) == 0);
    }
}
