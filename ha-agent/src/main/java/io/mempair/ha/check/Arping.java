package io.mempair.ha.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether an {@code arping} accepts the guard's flags. Those of iputils and busybox do; Thomas Habets'
 * {@code arping} (Debian's package arping) has other flags and would announce nothing. Asks for its version once, and
 * again only if the file changes. One thread at a time.
 */
final class Arping {

    private static final int LIMIT_MILLIS = 1_000;
    private static final int MAX_OUTPUT_BYTES = 4_096;
    private static final String REMEDY = ": apt install iputils-arping";

    private @Nullable Path asked;
    private @Nullable FileTime askedVersion;
    private @Nullable String problem;

    /** The problem with its remedy, or null. The first call starts a process, for at most a second. */
    @Nullable
    String problem(Path arping) {
        FileTime version = modified(arping);
        if (!arping.equals(asked) || !version.equals(askedVersion)) {
            problem = ask(arping);
            asked = arping;
            askedVersion = version;
        }
        return problem;
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    private static @Nullable String ask(Path arping) {
        Process process;
        try {
            process = new ProcessBuilder(arping.toString(), "-V")
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .start();
        } catch (IOException e) {
            return arping + " cannot be run (" + e.getMessage() + ")" + REMEDY;
        }
        try {
            if (!process.waitFor(LIMIT_MILLIS, TimeUnit.MILLISECONDS)) {
                return arping + " -V gives no answer" + REMEDY;
            }
            byte[] output = process.getInputStream().readNBytes(MAX_OUTPUT_BYTES);
            String said = new String(output, StandardCharsets.UTF_8);
            return said.contains("iputils") || said.contains("BusyBox")
                    ? null
                    : arping + " is not iputils' arping, and has other flags" + REMEDY;
        } catch (IOException e) {
            return arping + " -V: " + e.getMessage() + REMEDY;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            process.destroyForcibly();
        }
    }
}
