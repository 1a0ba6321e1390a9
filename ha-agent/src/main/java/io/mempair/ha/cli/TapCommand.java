package io.mempair.ha.cli;

import io.mempair.ha.admin.JsonWriter;
import io.mempair.ha.config.ConfigException;
import io.mempair.proxy.metrics.TimedCommand;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mempair tap}: the requests of clients as they come. */
@Command(
        name = "tap",
        description = "Shows the requests of clients as they come: time, command and key, never a value.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.SHOWN, ExitCodes.NO_ANSWER, ExitCodes.WRONG},
        footer = {
            "",
            "What the reader does not take in time is dropped and said, so that no client waits for it: at most about"
                    + " 10,000 requests a second are shown. Each key of a multi-get is a line. Four can look at once.",
            "",
            "Examples:",
            "  mempair tap",
            "  mempair tap --command get --prefix user: --for 30s",
            "  mempair tap --json | head -1000"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class TapCommand implements Callable<Integer> {

    private static final Duration MAX_TIME = Duration.ofSeconds(999);

    /** What the node may be late with its last line. */
    private static final long LATE_MILLIS = 10_000;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

    @Mixin
    private ControlOptions node = new ControlOptions();

    @Option(
            names = "--command",
            paramLabel = "COMMAND",
            description = "only these: ${COMPLETION-CANDIDATES}; set means every command with a value")
    private @Nullable TimedCommand command;

    @Option(names = "--prefix", paramLabel = "TEXT", description = "only keys that begin so")
    private String prefix = "";

    @Option(names = "--for", paramLabel = "TIME", description = "how long, in seconds: 1s to 999s (default: 10s)")
    private String duration = "10s";

    @Option(names = "--json", description = "a line of JSON each")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure, ConfigException {
        Duration time = Flags.read(spec.commandLine(), "--for", duration, Flags::positive);
        if (time.toMillis() % 1_000 != 0 || time.compareTo(MAX_TIME) > 0) {
            throw new ParameterException(
                    spec.commandLine(), "--for: '" + duration + "' (expected: whole seconds, 1s to 999s)");
        }
        if (!prefix.isEmpty() && !prefix.matches("[!-~]{1,250}")) {
            throw new ParameterException(
                    spec.commandLine(), "--prefix: '" + prefix + "' (expected: 1 to 250 printable characters)");
        }
        String word = command == null ? "*" : command.label();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        node.follow(
                ("tap " + time.toSeconds() + ' ' + word + ' ' + prefix).strip(),
                time.toMillis() + LATE_MILLIS,
                line -> show(line.split("\t", -1), out, err));
        return 0;
    }

    private void show(String[] cells, PrintWriter out, PrintWriter err) {
        if (cells.length == 2) {
            err.println(cells[1] + " more were not shown");
            err.flush();
        } else if (cells.length == 3) {
            Instant at = Instant.ofEpochMilli(Long.parseLong(cells[0]));
            out.println(
                    json
                            ? new JsonWriter()
                                    .beginObject()
                                    .field("time", at.toString())
                                    .field("command", cells[1])
                                    .field("key", cells[2])
                                    .endObject()
                            : TIME.format(at) + ' ' + cells[1] + ' ' + cells[2]);
            out.flush();
        }
    }
}
