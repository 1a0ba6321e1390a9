package io.mempair.deploy;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The hosts that {@code deploy/lab/lab.sh} makes, and commands on them. Their names carry this process's id, so that several JVMs and
 * several builds share a machine.
 */
final class LabHosts {

    static final Path DEPLOY = Path.of("").toAbsolutePath();

    /** Far above what any command here takes on a busy machine. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /**
     * Before each program of a host. Real hosts have processors of their own: here the tests must not take theirs away, as far as this
     * user may say so; where not, nice says that and starts the program all the same.
     */
    private static final String[] AHEAD = {"nice", "-n", "-10"};

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name = "it" + ProcessHandle.current().pid() + '-' + COUNT.incrementAndGet();
    private final Path sockets = Path.of("/tmp", name);
    private final boolean warmup;

    LabHosts(boolean warmup) {
        this.warmup = warmup;
    }

    /** Runs {@code lab.sh} with these words, and with more variables. */
    Run lab(Map<String, String> more, String... words) {
        var environment = new HashMap<>(environment());
        environment.putAll(more);
        return Run.of(environment, LIMIT, command(words));
    }

    /** Runs a command on a host to its end, as {@code lab.sh exec} does, and for a third of the time it takes: tests ask often. */
    Run on(String host, String... words) {
        return Run.of(
                environment(),
                LIMIT,
                Stream.concat(entering(host).stream(), Stream.of(words)).toList());
    }

    /** What a command begins with to run on a host. */
    List<String> entering(String host) {
        return List.of("nsenter", "--net=/run/netns/" + name + '-' + host, "--");
    }

    /** {@code lab.sh} with these words, to be started. */
    ProcessBuilder script(String... words) {
        var builder = new ProcessBuilder(command(words));
        builder.environment().putAll(environment());
        return builder;
    }

    /** A program on a host, to be started. */
    ProcessBuilder program(String host, String... words) {
        String[] ahead =
                Stream.concat(Arrays.stream(AHEAD), Arrays.stream(words)).toArray(String[]::new);
        return script(words("exec", host, ahead));
    }

    /** A folder for sockets and keys; not below target/, because a socket's path must be short. */
    Path sockets() {
        return sockets;
    }

    /** Removes that folder and the files in it. */
    void removeSockets() {
        File[] left = sockets.toFile().listFiles();
        for (File file : left == null ? new File[0] : left) {
            file.delete();
        }
        sockets.toFile().delete();
    }

    /** What tells a script of deploy that these hosts are its lab. */
    Map<String, String> environment() {
        var environment = new HashMap<>(Installation.QUICK);
        environment.put("MEMPAIR_LAB", name);
        environment.put("MEMPAIR_LAB_DIR", sockets.toString());
        environment.put("MEMPAIR_WARMUP", String.valueOf(warmup));
        environment.put("PATH", System.getenv("PATH") + ":/usr/sbin:/sbin");
        return environment;
    }

    private static List<String> command(String... words) {
        return List.of(words(DEPLOY.resolve("lab/lab.sh").toString(), words));
    }

    static String[] words(String first, String... more) {
        return Stream.concat(Stream.of(first), Arrays.stream(more)).toArray(String[]::new);
    }

    static String[] words(String first, String second, String... more) {
        return words(first, words(second, more));
    }
}
