package io.mempair.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * mempair as {@code deploy/install.sh} puts it on a host, with its start cache: the tests start that one. It is installed once for
 * all tests of a build, however many JVMs run them, into {@code target/installed}, and over an earlier one.
 */
final class Installation {

    static final Path FOLDER = Path.of("target/installed").toAbsolutePath();

    /** Of the earlier installation. */
    static final Path STALE = FOLDER.resolve("lib/ha-agent-0.0.1.jar");

    /** Where programs live for seconds only, the second compiler never pays back what it costs. */
    static final String QUICK_FLAG = "-XX:TieredStopAtLevel=1";

    static final Map<String, String> QUICK = Map.of("MEMPAIR_JAVA_OPTS", QUICK_FLAG);

    /** A minute of a quiet processor, on a busy machine. */
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private static final List<Path> PARTS =
            List.of(Path.of("install.sh"), Path.of("bin"), Path.of("target/lib"), Path.of("hooks"));
    private static final Path SAID = Path.of("target/installed.log");
    private static final Path MADE_OF = Path.of("target/installed.from");

    private static boolean known;

    private Installation() {}

    /** The installed start script. */
    static synchronized String mempair() {
        if (!known) {
            try {
                installUnlessDone();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot install into " + FOLDER, e);
            }
            known = true;
        }
        return FOLDER.resolve("bin/mempair").toString();
    }

    /** What the installation said. */
    static String said() throws IOException {
        mempair();
        return Files.readString(SAID);
    }

    /** Another JVM may be at it: then this one waits. */
    private static void installUnlessDone() throws IOException {
        try (var lock = FileChannel.open(
                        Path.of("target/installed.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var held = lock.lock()) {
            String parts = parts();
            if (Files.exists(MADE_OF) && Files.readString(MADE_OF).equals(parts) && held.isValid()) {
                return;
            }
            Files.createDirectories(STALE.getParent());
            Files.writeString(STALE, "of an earlier installation");
            Files.writeString(SAID, install(FOLDER.toString()).orFail());
            Files.writeString(MADE_OF, parts);
        }
    }

    /** Runs {@code install.sh} on what is built. */
    static Run install(String argument) {
        String script = Path.of("install.sh").toAbsolutePath().toString();
        var environment = new HashMap<>(QUICK);
        environment.put("INSTALL_IS_BUILT", "yes");
        return Run.of(environment, LIMIT, unhindered(script, argument));
    }

    /**
     * A command that makes a start cache. It does so behind everything else on a host that serves; the other tests that run here must not
     * hold it up until it gives up.
     */
    static List<String> unhindered(String... command) {
        return Stream.concat(Stream.of("nice", "-n", "-10"), Stream.of(command)).toList();
    }

    /** Name, length and time of every file that is installed. */
    private static String parts() throws IOException {
        var list = new StringBuilder();
        for (Path part : PARTS) {
            try (Stream<Path> files = Files.walk(part)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    list.append(file + " " + Files.size(file) + ' ' + Files.getLastModifiedTime(file) + '\n');
                }
            }
        }
        return list.toString();
    }
}
