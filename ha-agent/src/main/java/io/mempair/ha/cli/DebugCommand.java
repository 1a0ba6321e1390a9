package io.mempair.ha.cli;

import io.mempair.ha.admin.ControlClient;
import io.mempair.ha.admin.Table;
import io.mempair.ha.bundle.Redaction;
import io.mempair.ha.bundle.TarWriter;
import io.mempair.ha.certificate.NewFiles;
import io.mempair.ha.check.ProgramOutput;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.metrics.BuildVersion;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.config.TextFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mempair debug}: all that helps to find out what went wrong, in one file. */
@Command(
        name = "debug",
        description =
                "Writes one tar.gz for who helps you: configuration, status and history of both nodes, slow requests,"
                        + " metrics, threads, a recording of the JVM of 10 s, the journal, addresses and sockets of this host."
                        + " Without secrets, but look before you give it away.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {"0:the file is written, with what could be had", "1:it could not be written", ExitCodes.WRONG},
        footer = {
            "",
            "What cannot be had, as when no node runs, is said in about.txt, and the rest is written.",
            "",
            "Examples:",
            "  mempair debug",
            "  mempair debug --recording 0s",
            "  mempair debug --config /etc/mempair/mempair.yaml --output /tmp/a.tar.gz"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class DebugCommand implements Callable<Integer> {

    /** For all parts but the recording; what has not begun by then is left out. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final Duration PROGRAM_LIMIT = Duration.ofSeconds(20);

    /** What the node needs to write a recording, beside its length. */
    private static final Duration RECORDING_SLACK = Duration.ofSeconds(5);

    private static final int MAX_RECORDING_SECONDS = 10;
    private static final int MAX_CONFIG_BYTES = 1 << 20;
    private static final Path USUAL_CONFIG = Path.of("/etc/mempair/mempair.yaml");

    /** Where other members answer HTTP, as they told this one. */
    private static final Pattern HTTP = Pattern.compile("\"http\":\"([^\"]+)\"");

    @Mixin
    private ControlOptions node = new ControlOptions();

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "what to write; must not be there (default: mempair-debug-TIME.tar.gz in this folder)")
    private @Nullable String output;

    @Option(
            names = "--recording",
            paramLabel = "TIME",
            description = "how long the JVM is recorded (JDK Flight Recorder), in seconds: 0s to 10s (default: 10s);"
                    + " it costs the node about one percent meanwhile")
    private String recording = "10s";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private final Clock clock = new SystemClock();
    private final Map<String, byte[]> parts = new LinkedHashMap<>();
    private final StringBuilder about = new StringBuilder();
    private boolean silent;
    private long endNanos;

    /** What makes one part. */
    private interface PartSource {
        String text() throws IOException, InterruptedException, CommandFailure, ConfigException;
    }

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        int seconds = Flags.wholeSeconds(spec.commandLine(), "--recording", recording, 0, MAX_RECORDING_SECONDS);
        Instant now = Instant.ofEpochMilli(clock.wallMillis());
        about.append("mempair ")
                .append(BuildVersion.number())
                .append(" at ")
                .append(now)
                .append('\n');
        for (String property : List.of("java.version", "java.vendor", "os.version", "os.arch")) {
            about.append(property)
                    .append(' ')
                    .append(System.getProperty(property))
                    .append('\n');
        }
        String stamp = now.toString().replaceAll("\\.\\d+|[^0-9TZ]", "");
        Path file = Path.of(output == null ? "mempair-debug-" + stamp + ".tar.gz" : output);
        requireWritable(file.toAbsolutePath());
        endNanos = clock.nanoTime() + LIMIT.plusSeconds(seconds).toNanos();
        collect(seconds);
        parts.put("about.txt", about.toString().getBytes(StandardCharsets.UTF_8));
        write(file, now.getEpochSecond());
        PrintWriter out = spec.commandLine().getOut();
        out.println(file.toAbsolutePath());
        out.flush();
        return 0;
    }

    private void collect(int recordedSeconds) throws InterruptedException {
        Path config = node.configFile(USUAL_CONFIG);
        part("config.yaml", () -> config(config));
        part("status.txt", () -> table("show"));
        part("status.json", () -> asked("status", ControlClient.QUESTION_LIMIT));
        part("history.txt", () -> table("history 1000"));
        part("why.txt", () -> table("why"));
        part("slow.txt", () -> table("slow 256"));
        part("metrics.txt", () -> asked("metrics", ControlClient.QUESTION_LIMIT));
        part("threads.txt", () -> asked("threads", ControlClient.QUESTION_LIMIT));
        if (recordedSeconds > 0) {
            record(recordedSeconds);
        }
        Matcher told = HTTP.matcher(new String(parts.getOrDefault("status.json", new byte[0]), StandardCharsets.UTF_8));
        AdminHttp members = AdminHttp.as(config);
        while (told.find()) {
            String address = told.group(1);
            part(
                    "http-" + address.replaceAll("[^A-Za-z0-9.-]", "_") + "-status.json",
                    () -> members.get(address, "/status"));
        }
        program("addresses.txt", "ip", "-d", "addr");
        program("routes.txt", "ip", "route", "show", "table", "all");
        program("neighbours.txt", "ip", "neigh");
        program("sockets.txt", "ss", "-tlnp");
        program("kernel.txt", "uname", "-a");
        program("journal.txt", "journalctl", "-u", "mempair*", "-n", "5000", "--no-pager", "-o", "short-iso-precise");
    }

    private void program(String name, String... command) throws InterruptedException {
        part(name, () -> ProgramOutput.of(List.of(command), least(PROGRAM_LIMIT, left()), clock));
    }

    private String table(String question) throws CommandFailure, ConfigException {
        return TableView.of(Table.read(asked(question, ControlClient.QUESTION_LIMIT)), Ansi.OFF);
    }

    /** What the node answers; one that let a question time out is not asked again. */
    private String asked(String question, Duration limit) throws CommandFailure, ConfigException {
        if (silent) {
            throw new CommandFailure("not asked: the node let an earlier question time out");
        }
        try {
            return node.ask(question, limit);
        } catch (CommandFailure e) {
            silent = e.getCause() instanceof SocketTimeoutException;
            throw e;
        }
    }

    private Duration left() {
        return Duration.ofNanos(endNanos - clock.nanoTime());
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Has only the events that the node names, so that nothing has to be taken out of it. */
    private void record(int seconds) {
        try {
            parts.put(
                    "recording.jfr",
                    Base64.getDecoder().decode(asked("recording " + seconds, RECORDING_SLACK.plusSeconds(seconds))));
        } catch (CommandFailure | ConfigException | IllegalArgumentException e) {
            about.append("recording.jfr: ")
                    .append(Redaction.of(String.valueOf(e.getMessage())))
                    .append('\n');
        }
    }

    /** What fails costs only this part. */
    private void part(String name, PartSource source) throws InterruptedException {
        if (left().isNegative()) {
            about.append(name).append(": left out, ").append(LIMIT.toSeconds()).append(" s have passed\n");
            return;
        }
        try {
            parts.put(name, (Redaction.of(source.text()) + '\n').getBytes(StandardCharsets.UTF_8));
        } catch (IOException | CommandFailure e) {
            about.append(name)
                    .append(": ")
                    .append(Redaction.of(String.valueOf(e.getMessage())))
                    .append('\n');
        } catch (ConfigException e) {
            about.append(name)
                    .append(": ")
                    .append(Redaction.of(String.join("; ", e.problems())))
                    .append('\n');
        }
    }

    private static String config(Path file) throws IOException {
        try {
            return "# " + file + '\n' + TextFile.read(file, MAX_CONFIG_BYTES, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IOException(file + " " + e.getMessage(), e);
        }
    }

    /** Before time is spent on what could not be kept. */
    private static void requireWritable(Path file) throws CommandFailure {
        Path folder = file.getParent();
        if (Files.exists(file)) {
            throw CommandFailure.refused(file + " is " + (Files.isDirectory(file) ? "a folder" : "there already")
                    + " (expected: a new name)");
        }
        if (folder != null && !Files.isDirectory(folder)) {
            throw CommandFailure.refused(
                    file + " cannot be written: " + folder + " is no folder (expected: one that is" + " there)");
        }
        if (folder != null && !Files.isWritable(folder)) {
            throw CommandFailure.refused(file + " cannot be written: this user may not write in " + folder
                    + " (expected: --output with another folder, or root)");
        }
    }

    private void archive(OutputStream out, long seconds) throws IOException {
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            TarWriter tar = new TarWriter(gzip, seconds);
            for (Map.Entry<String, byte[]> part : parts.entrySet()) {
                tar.add("mempair-debug/" + part.getKey(), part.getValue());
            }
            tar.end();
        }
    }

    /** Readable by its owner only. */
    private void write(Path file, long seconds) throws CommandFailure {
        try (NewFiles files = new NewFiles()) {
            files.write(file, "rw-------", out -> archive(out, seconds));
            files.keep();
        } catch (FileAlreadyExistsException e) {
            throw CommandFailure.refused(file + " is there already");
        } catch (IOException e) {
            throw new CommandFailure(file + " cannot be written: " + FailureText.of(e), e);
        }
    }
}
