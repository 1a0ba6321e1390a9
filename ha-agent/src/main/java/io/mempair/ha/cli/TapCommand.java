package io.mempair.ha.cli;

import io.mempair.ha.admin.JsonWriter;
import io.mempair.ha.config.ConfigException;
import io.mempair.proxy.metrics.TimedCommand;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

    private static final int MAX_SECONDS = 999;

    /** For the shell: as they are typed. */
    static final class CommandWords implements Iterable<String> {

        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(TimedCommand.values()).map(TimedCommand::label).iterator();
        }
    }

    /** What the node may be late with its last line. */
    private static final Duration LATE = Duration.ofSeconds(10);

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

    @Mixin
    private ControlOptions node = new ControlOptions();

    @Option(
            names = "--command",
            paramLabel = "COMMAND",
            completionCandidates = CommandWords.class,
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

    /** Lines of the node. */
    private int shown;

    @Override
    public Integer call() throws CommandFailure, ConfigException {
        int seconds = Flags.wholeSeconds(spec.commandLine(), "--for", duration, 1, MAX_SECONDS);
        if (!prefix.isEmpty()) {
            Flags.requireKey(spec.commandLine(), "--prefix", prefix);
        }
        String word = command == null ? "*" : command.label();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        node.follow(
                ("tap " + seconds + ' ' + word + ' ' + prefix).strip(),
                Duration.ofSeconds(seconds).plus(LATE),
                line -> {
                    show(line.split("\t", -1), out, err);
                    return !OutputReader.isGone(out);
                });
        if (shown == 0) {
            err.println("no " + (command == null ? "request" : word)
                    + (prefix.isEmpty() ? "" : " of a key that begins with " + prefix) + " in " + seconds
                    + " s");
            err.flush();
        }
        return 0;
    }

    private void show(String[] cells, PrintWriter out, PrintWriter err) {
        shown++;
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
