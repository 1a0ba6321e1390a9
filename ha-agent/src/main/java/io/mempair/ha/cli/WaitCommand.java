package io.mempair.ha.cli;

import io.mempair.ha.admin.Expectation;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.SystemClock;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mempair wait}: returns when the program on this host is as the operator needs it for the next step. */
@Command(
        name = "wait",
        description = "Waits until the program on this host is as one of the words says.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:it is so",
            "1:it was not so in time, or never can be on this host: the message says what is missing",
            ExitCodes.WRONG
        },
        footer = {
            "",
            "serving   it is active, holds the address and its port is open",
            "standby   it can take over, and another node is active",
            "refilled  every server is up and has its copy of every write: the next one can be restarted",
            "rebalanced  no rebalance is under way: see mempair rebalance whether the last one is done or was given up",
            "",
            "A program that does not answer, as while it is started, is waited for. A witness is never any of these, a proxy"
                    + " alone never standby: that ends the wait at once.",
            "",
            "Examples:",
            "  mempair wait serving --timeout 30s",
            "  mempair wait serving standby --config /etc/mempair/mempair.yaml",
            "  systemctl restart memcached && mempair wait refilled --timeout 10m",
            "  mempair reload && mempair wait rebalanced --timeout 60m"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class WaitCommand implements Callable<Integer> {

    private static final Duration PAUSE = Duration.ofMillis(200);

    @Parameters(
            arity = "1..*",
            paramLabel = "WHAT",
            completionCandidates = ExpectationWords.class,
            description = "${COMPLETION-CANDIDATES}; of several the first that is so ends the wait")
    private List<Expectation> wanted = List.of();

    @Option(names = "--timeout", paramLabel = "TIME", description = "how long (default: 60s)")
    private String timeout = "60s";

    @Mixin
    private ControlOptions node = new ControlOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private final Clock clock = new SystemClock();

    /**
     * What the program on this host answered.
     *
     * @param met       one of the words is so
     * @param hopeless  none of them can ever be so here
     * @param missing   why none is so
     */
    private record Look(boolean met, boolean hopeless, String missing) {}

    /** For the shell: as they are typed. */
    static final class ExpectationWords implements Iterable<String> {

        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(Expectation.values()).map(Expectation::word).iterator();
        }
    }

    @Override
    public Integer call() throws CommandFailure, ConfigException {
        Duration limit = Flags.read(spec.commandLine(), "--timeout", timeout, Flags::positive);
        long begunNanos = clock.nanoTime();
        while (true) {
            Look look = look(begunNanos + limit.toNanos());
            if (look.met()) {
                return 0;
            }
            if (look.hopeless()) {
                throw new CommandFailure("never " + words() + ": " + look.missing());
            }
            long leftNanos = begunNanos + limit.toNanos() - clock.nanoTime();
            if (leftNanos <= 0) {
                throw new CommandFailure("not " + words() + " within " + timeout + ": " + look.missing());
            }
            clock.pause(Duration.ofNanos(Math.min(PAUSE.toNanos(), leftNanos)));
        }
    }

    private String words() {
        return wanted.stream().map(Expectation::word).collect(Collectors.joining(" or "));
    }

    /** Asks for each of them; one that is met is told. */
    private Look look(long endNanos) throws ConfigException {
        try {
            return answers(endNanos);
        } catch (CommandFailure e) {
            return new Look(false, false, String.valueOf(e.getMessage()));
        }
    }

    private Look answers(long endNanos) throws CommandFailure, ConfigException {
        StringBuilder missing = new StringBuilder();
        boolean hopeless = true;
        for (Expectation expected : wanted) {
            String answer = node.askWithin("is " + expected.word(), Duration.ofNanos(endNanos - clock.nanoTime()));
            if (answer.equals("yes")) {
                PrintWriter out = spec.commandLine().getOut();
                out.println(expected.word());
                out.flush();
                return new Look(true, false, "");
            }
            hopeless &= answer.startsWith(Expectation.NEVER);
            String why = answer.replaceFirst("^(no|never) ", "");
            if (missing.indexOf(why) < 0) {
                missing.append(missing.isEmpty() ? "" : "; ").append(why);
            }
        }
        return new Look(false, hopeless, missing.toString());
    }
}
