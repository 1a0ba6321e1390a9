package io.mempair.ha.cli;

import io.mempair.ha.admin.Expectation;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.probe.DrillReport;
import io.mempair.ha.probe.DrillReport.Step;
import io.mempair.ha.probe.Probe;
import io.mempair.ha.probe.ProbeOutcome;
import io.mempair.ha.probe.ProbeSummary;
import io.mempair.ha.probe.ProbeTarget;
import io.mempair.ha.probe.WriteProbe;
import io.mempair.ha.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The steps of a drill: there and back, each under a probe of its own, all of them under one writing client. One thread. */
final class DrillRun {

    /** The key that the probe reads; nobody has to have written it. */
    private static final String PROBE_KEY = "mempair-probe";

    /** How long the address must have answered before a step begins, and again after it. */
    private static final Duration CALM = Duration.ofSeconds(1);

    private static final Duration PAUSE = Duration.ofMillis(50);

    /** For the first answers, and for the address to answer again. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

    private final ControlOptions node;
    private final ProbeTarget target;
    private final Duration period;
    private final Duration backLimit;
    private final Clock clock;
    private final Consumer<String> progress;
    private final List<Step> steps = new ArrayList<>();

    /** What changes the active node. */
    private interface Change {
        void run() throws CommandFailure, ConfigException;
    }

    /**
     * The program on this host, as it says itself.
     *
     * @param pid     of its process
     * @param name    of the node
     * @param active  name of the active node, {@code -} if it knows of none
     * @param clients where clients ask without TLS, {@code -} if nowhere
     */
    record DrilledMember(long pid, String name, String active, String clients) {

        static DrilledMember of(ControlOptions node) throws CommandFailure, ConfigException {
            String answer = node.ask("process");
            String[] words = answer.split(" ", -1);
            if (words.length != 4) {
                throw new CommandFailure("the node answers '" + answer + "' (expected: one of this version)");
            }
            return new DrilledMember(Long.parseLong(words[0]), words[1], words[2], words[3]);
        }
    }

    /**
     * @param period     between two attempts of the probe, and between two writes
     * @param backLimit  for a killed node to run again, and for a node to be a standby that can take over
     * @param progress   takes one line at each step
     */
    DrillRun(
            ControlOptions node,
            ProbeTarget target,
            Duration period,
            Duration backLimit,
            Clock clock,
            Consumer<String> progress) {
        this.node = node;
        this.target = target;
        this.period = period;
        this.backLimit = backLimit;
        this.clock = clock;
        this.progress = progress;
    }

    /** Fails where the program on this host is no node of a pair. */
    static void requirePair(ControlOptions node) throws CommandFailure, ConfigException {
        String answer = node.ask("is standby");
        if (answer.startsWith(Expectation.NEVER)) {
            throw new CommandFailure(
                    "a drill moves the active node of a pair, and " + answer.substring(Expectation.NEVER.length()));
        }
    }

    /** Fails unless all is well, so that the drill is no accident. */
    static void requireFine(ControlOptions node) throws CommandFailure, ConfigException {
        String verdict = node.ask("verdict");
        if (!verdict.startsWith("0 ")) {
            throw new CommandFailure(verdict.substring(2) + " (expected: a pair that is fine; see mempair status)");
        }
    }

    /** Hands the address over and takes it back, from whichever node has it. */
    DrillReport switchovers(DrilledMember self) throws CommandFailure, ConfigException, InterruptedException {
        boolean here = self.name().equals(self.active());
        try (WriteProbe writes = startWrites()) {
            step("switchover", here ? "switchover" : "switchover here", here ? "standby" : "serving");
            step("switchover", here ? "switchover here" : "switchover", here ? "serving" : "standby");
            return new DrillReport(steps, writes.finish(), null);
        }
    }

    /** Kills the active node, which is on this host, and takes the address back when it runs again. */
    DrillReport crash(DrilledMember self) throws CommandFailure, ConfigException, InterruptedException {
        try (WriteProbe writes = startWrites()) {
            step("kill -9", self.name(), () -> kill(self));
            String unfinished = null;
            if (isSoInTime("standby")) {
                steps.set(0, steps.get(0).to(DrilledMember.of(node).active()));
                step("switchover", "switchover here", "serving");
            } else {
                unfinished = self.name() + " was not a standby again within " + backLimit.toSeconds()
                        + " s: start it, and run `mempair switchover` on the active node";
            }
            return new DrillReport(steps, writes.finish(), unfinished);
        }
    }

    private static void kill(DrilledMember self) throws CommandFailure {
        boolean killed =
                ProcessHandle.of(self.pid()).map(ProcessHandle::destroyForcibly).orElse(false);
        if (!killed) {
            throw new CommandFailure("process " + self.pid() + " of " + self.name()
                    + " cannot be killed (expected: the rights of its user, on its host)");
        }
    }

    private WriteProbe startWrites() throws CommandFailure {
        var writes = new WriteProbe(target, clock.incarnation(), period, clock);
        writes.start();
        if (!within(ANSWER_LIMIT, () -> writes.acknowledged() > 0)) {
            writes.close();
            throw new CommandFailure(
                    target + ": no write is acknowledged (expected: a port without a login that this host"
                            + " reaches, and --tls if it has TLS; name one with --target)");
        }
        return writes;
    }

    /** One change by a command, over when the program on this host is as expected. */
    private void step(String what, String command, String expected)
            throws CommandFailure, ConfigException, InterruptedException {
        step(what, DrilledMember.of(node).active(), () -> {
            node.act(command);
            if (!isSoInTime(expected)) {
                throw new CommandFailure("this node was not " + expected + " within " + backLimit.toSeconds()
                        + " s after the " + what + ": see mempair status and mempair history");
            }
        });
    }

    private void step(String what, String from, Change change)
            throws CommandFailure, ConfigException, InterruptedException {
        progress.accept(what + " of " + from);
        try (Probe probe = new Probe(target, PROBE_KEY, period, clock, () -> {})) {
            probe.start();
            if (!within(ANSWER_LIMIT, () -> probe.summary().count(ProbeOutcome.ANSWERED) > 0)) {
                throw new CommandFailure(
                        target + ": no answer (expected: the address of the pair; name it with" + " --target)");
            }
            clock.pause(CALM);
            change.run();
            clock.pause(CALM);
            within(ANSWER_LIMIT, () -> !probe.summary().lasting());
            ProbeSummary seen = probe.summary();
            steps.add(new Step(what, from, activeNow(from), seen));
        }
    }

    /** The name of the active node; another one than {@code former} if this program is gone and cannot say. */
    private String activeNow(String former) {
        try {
            return DrilledMember.of(node).active();
        } catch (CommandFailure | ConfigException e) {
            return "the peer of " + former;
        }
    }

    private boolean isSoInTime(String expected) {
        long endNanos = clock.nanoTime() + backLimit.toNanos();
        return within(backLimit, () -> answer("is " + expected, endNanos).equals("yes"));
    }

    /** Empty if nobody answers, as while a node is started. */
    private String answer(String question, long endNanos) {
        try {
            return node.askWithin(question, Duration.ofNanos(endNanos - clock.nanoTime()));
        } catch (CommandFailure | ConfigException e) {
            return "";
        }
    }

    private boolean within(Duration limit, BooleanSupplier condition) {
        long begunNanos = clock.nanoTime();
        while (!condition.getAsBoolean()) {
            if (clock.nanoTime() - begunNanos >= limit.toNanos()) {
                return false;
            }
            clock.pause(PAUSE);
        }
        return true;
    }
}
