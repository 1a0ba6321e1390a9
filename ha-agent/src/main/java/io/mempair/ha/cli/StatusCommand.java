package io.mempair.ha.cli;

import io.mempair.ha.admin.Table;
import io.mempair.ha.admin.Verdict.Level;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.SystemClock;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mempair status}: the pair as the program on this host sees it. */
@Command(
        name = "status",
        description = "Shows the program that runs on this host, the other members of its pair, and the servers.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:it is shown; with --check: all is well",
            "1:nothing on this host answers; with --check: no spare, or a server is down or out",
            "2:the command line or the file cannot be right; with --check: nobody serves, or two nodes do",
            "3:with --check only: this host cannot tell, as when nothing runs on it, or the line cannot be written"
        },
        footer = {
            "",
            "Examples:",
            "  mempair status",
            "  mempair status --watch",
            "  mempair status --check --config /etc/mempair/mempair.yaml",
            "  mempair status --json | jq .verdict"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class StatusCommand implements Callable<Integer> {

    /** Puts the cursor home and clears what is below it. */
    private static final String CLEAR = "\u001b[H\u001b[2J";

    @Mixin
    private ControlOptions node = new ControlOptions();

    @Option(names = "--json", description = "one line of JSON")
    private boolean json;

    @Option(names = "--check", description = "only one line, and an exit code for monitoring and scripts")
    private boolean check;

    @Option(names = "--watch", description = "again and again, until a signal ends it, or who reads it goes")
    private boolean watch;

    @Option(names = "--every", paramLabel = "TIME", description = "with --watch: time between two looks (default: 1s)")
    private @Nullable String every;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private final Clock clock = new SystemClock();

    @Override
    public Integer call() throws CommandFailure, ConfigException {
        if (check && (json || watch)) {
            throw wrong("--check: together with --json or --watch (expected: alone)");
        }
        if (every != null && !watch) {
            throw wrong("--every: does nothing alone (expected: with --watch)");
        }
        if (check) {
            return checked();
        }
        Duration pause = Flags.read(spec.commandLine(), "--every", every == null ? "1s" : every, Flags::positive);
        if (watch) {
            watched(pause);
            return 0;
        }
        print(shown());
        return 0;
    }

    /** Whether its exit code is a verdict. */
    boolean isCheck() {
        return check;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private String shown() throws CommandFailure, ConfigException {
        return json ? node.ask("status") : TableView.of(Table.read(node.ask("show")), Ansi.AUTO);
    }

    /** Until nobody reads it any more; a program that does not answer, as while it is restarted, is waited for. */
    private void watched(Duration pause) throws ConfigException {
        boolean terminal = Ansi.AUTO.enabled() && !json;
        while (!OutputReader.isGone(spec.commandLine().getOut())) {
            try {
                print((terminal ? CLEAR : "") + shown() + (terminal || json ? "" : System.lineSeparator()));
            } catch (CommandFailure e) {
                PrintWriter err = spec.commandLine().getErr();
                err.println(spec.qualifiedName() + ": " + e.getMessage());
                err.flush();
            }
            clock.pause(pause);
        }
    }

    /** The exit code; what keeps this host from telling is told on the same line. */
    private int checked() {
        String answer;
        try {
            answer = node.ask("verdict");
        } catch (CommandFailure e) {
            answer = Level.UNKNOWN.exitCode() + " " + e.getMessage();
        } catch (ConfigException e) {
            answer = Level.UNKNOWN.exitCode() + " " + String.join("; ", e.problems());
        }
        Level level = level(answer);
        print(level.name().toLowerCase(Locale.ROOT) + ": " + answer.substring(answer.indexOf(' ') + 1));
        return level.exitCode();
    }

    /** A word of a later version is none that this one knows. */
    private static Level level(String answer) {
        for (Level level : Level.values()) {
            if (answer.startsWith(level.exitCode() + " ")) {
                return level;
            }
        }
        return Level.UNKNOWN;
    }

    private void print(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(text);
        out.flush();
    }
}
