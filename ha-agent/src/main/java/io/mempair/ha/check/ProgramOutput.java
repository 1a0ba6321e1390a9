package io.mempair.ha.check;

import io.mempair.ha.time.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a program of the host prints; both the time and the output are bounded. Blocks. */
public final class ProgramOutput {

    private static final int MAX_BYTES = 4 << 20;

    private static final long READ_PAUSE_MILLIS = 20;

    /** Time for {@code timeout} to finish. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private ProgramOutput() {}

    /**
     * Runs it and returns what it said on both streams, and its exit code if that is not 0.
     *
     * @throws IOException if it cannot be run, or does not end
     */
    public static String of(List<String> program, Duration limit, Clock clock)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("timeout", "-s", "KILL", String.valueOf(limit.toSeconds())));
        command.addAll(program);
        long begunNanos = clock.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        try (InputStream output = process.getInputStream()) {
            StringBuilder said = new StringBuilder();
            while (!process.waitFor(READ_PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                read(output, said);
                if (clock.nanoTime() - begunNanos >= limit.plus(GRACE).toNanos()) {
                    throw new IOException("no end within " + limit.toSeconds() + " s");
                }
            }
            read(output, said);
            int exitCode = process.exitValue();
            return exitCode == 0 ? said.toString() : said + "exit code " + exitCode + '\n';
        } finally {
            process.destroyForcibly();
        }
    }

    /** Reads the available output without blocking: a leftover child may hold the pipe open. */
    private static void read(InputStream output, StringBuilder said) throws IOException {
        for (int available = output.available(); available > 0; available = output.available()) {
            byte[] read = output.readNBytes(available);
            int room = Math.max(0, MAX_BYTES - said.length());
            said.append(new String(read, 0, Math.min(room, read.length), StandardCharsets.UTF_8));
        }
    }
}
