package io.mempair.ha.cli;

import io.mempair.ha.admin.Expectation;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.SystemClock;
import java.io.PrintWriter;
import java.time.Duration;
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
        exitCodeList = {"0:it is so", "1:it was not so in time: the message says what is missing", ExitCodes.WRONG},
        footer = {
            "",
            "serving   it is active, holds the address and its port is open",
            "standby   it can take over, and another node is active",
            "refilled  every server is up and has its copy of every write: the next one can be restarted",
            "",
            "A program that does not answer, as while it is started, is waited for.",
            "",
            "Examples:",
            "  mempair wait serving --timeout 30s",
            "  mempair wait serving standby --config /etc/mempair/mempair.yaml",
            "  systemctl restart memcached && mempair wait refilled --timeout 10m"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class WaitCommand implements Callable<Integer> {

    private static final Duration PAUSE = Duration.ofMillis(200);

    @Parameters(
            arity = "1..*",
            paramLabel = "WHAT",
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

    @Override
    public Integer call() throws CommandFailure, ConfigException {
        Duration limit = Flags.read(spec.commandLine(), "--timeout", timeout, Flags::positive);
        long begunNanos = clock.nanoTime();
        while (true) {
            String missing;
            try {
                missing = missing();
                if (missing.isEmpty()) {
                    return 0;
                }
            } catch (CommandFailure e) {
                missing = String.valueOf(e.getMessage());
            }
            if (clock.nanoTime() - begunNanos >= limit.toNanos()) {
                throw new CommandFailure("not " + words() + " within " + timeout + ": " + missing);
            }
            clock.pause(PAUSE);
        }
    }

    private String words() {
        return wanted.stream().map(Expectation::word).collect(Collectors.joining(" or "));
    }

    /** What is missing; an empty text when one of them is met, which is then told. */
    private String missing() throws CommandFailure, ConfigException {
        StringBuilder missing = new StringBuilder();
        for (Expectation expected : wanted) {
            String answer = node.ask("is " + expected.word());
            if (answer.equals("yes")) {
                PrintWriter out = spec.commandLine().getOut();
                out.println(expected.word());
                out.flush();
                return "";
            }
            missing.append(missing.isEmpty() ? "" : "; ").append(answer.replaceFirst("^no ", ""));
        }
        return missing.toString();
    }
}
