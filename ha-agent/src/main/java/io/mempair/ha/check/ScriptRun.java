package io.mempair.ha.check;

import io.mempair.ha.thread.NoThread;
import io.mempair.ha.time.Clock;
import io.mempair.proxy.config.FailureText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of an operator's program in its own process group. {@code timeout} of coreutils ends a run that takes too
 * long: it kills the whole group, even if this process is killed meanwhile.
 */
final class ScriptRun {

    private static final Logger LOG = LoggerFactory.getLogger(ScriptRun.class);

    /** Index of the operator's program in the command. */
    private static final int PROGRAM = 6;

    /** Exit code of {@code timeout} after a kill. */
    private static final int KILLED = 128 + 9;

    /** Pause between two reads of the output, so that the program never blocks on its pipe. */
    private static final long READ_PAUSE_MILLIS = 20;

    /** Time for {@code timeout} to finish; after that the run is abandoned. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** Bytes of its first line that are kept. */
    private static final int MAX_KEPT_BYTES = 160;

    /** The result and its text for the operator. */
    record RunOutcome(boolean good, String text) {}

    private final List<String> command;
    private final Duration timeout;
    private final Clock clock;

    ScriptRun(List<String> program, Duration timeout, Clock clock) {
        command = new ArrayList<>(List.of("setsid", "-w", "timeout", "-s", "KILL", seconds(timeout)));
        command.addAll(program);
        this.timeout = timeout;
        this.clock = clock;
    }

    private static String seconds(Duration timeout) {
        return String.format(Locale.ROOT, "%.3f", timeout.toMillis() / 1_000.0);
    }

    /** Runs it and waits until it ends. An interrupt ends both. */
    RunOutcome once() throws InterruptedException {
        Process process;
        long begunNanos = clock.nanoTime();
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .start();
        } catch (IOException e) {
            return new RunOutcome(false, "cannot be run: " + FailureText.of(e));
        } catch (OutOfMemoryError e) { // the JDK needs a thread for each process
            if (!NoThread.is(e)) {
                throw e;
            }
            LOG.warn("check {} could not run: {}", command.get(PROGRAM), e.getMessage());
            return new RunOutcome(false, "cannot be run: " + FailureText.of(e));
        }
        try (InputStream output = process.getInputStream()) {
            return await(process, output, begunNanos);
        } catch (IOException e) {
            return new RunOutcome(false, "cannot be read: " + FailureText.of(e));
        } finally {
            // remaining processes got TERM, which `timeout` forwards to the group, and KILL at the timeout
            process.destroy();
        }
    }

    private RunOutcome await(Process process, InputStream output, long begunNanos)
            throws IOException, InterruptedException {
        StringBuilder kept = new StringBuilder();
        while (!process.waitFor(READ_PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
            keep(output, kept);
            if (clock.nanoTime() - begunNanos >= timeout.plus(GRACE).toNanos()) {
                process.destroyForcibly();
                return new RunOutcome(false, "cannot be killed");
            }
        }
        keep(output, kept);
        int exitCode = process.exitValue();
        if (exitCode == 0) {
            return new RunOutcome(true, "good");
        }
        boolean late = exitCode == KILLED && clock.nanoTime() - begunNanos >= timeout.toNanos();
        String line = kept.toString().lines().findFirst().orElse("").strip();
        return new RunOutcome(
                false,
                (late ? "no end within " + timeout.toMillis() + " ms, killed" : "exit code " + exitCode)
                        + (line.isEmpty() ? "" : ": " + line));
    }

    /** Reads the available output without blocking: a leftover child may hold the pipe open. */
    private static void keep(InputStream output, StringBuilder kept) throws IOException {
        for (int available = output.available(); available > 0; available = output.available()) {
            byte[] read = output.readNBytes(available);
            int room = Math.max(0, MAX_KEPT_BYTES - kept.length());
            kept.append(new String(read, 0, Math.min(room, read.length), StandardCharsets.UTF_8));
        }
    }
}
