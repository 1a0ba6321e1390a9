package io.mempair.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A host of the lab that booted Debian's systemd ({@code deploy/lab/booted.sh}): packages can be installed and units started on
 * it as on a machine of its own, and nothing of that stays. Until {@link #stop}; then it is gone.
 */
final class BootedHost {

    /** A command may wait for a start cache, which takes minutes on a machine that is busy with other tests. */
    private static final Duration LIMIT = Duration.ofMinutes(6);

    private static final String SCRIPT =
            Path.of("lab/booted.sh").toAbsolutePath().toString();

    /** What systemd says once it has started all units, or all but some; it says nothing, or "offline", before there is a bus. */
    private static final Set<String> BEGUN = Set.of("running", "degraded");

    private final Lab lab;
    private final String host;
    private final Process process;
    private final Path folder;

    private BootedHost(Lab lab, String host, Process process, Path folder) {
        this.lab = lab;
        this.host = host;
        this.process = process;
        this.folder = folder;
    }

    /** Boots a host of the lab; {@code folder} is the home of its root, where commands run. */
    static BootedHost boot(Lab lab, String host, Path folder) {
        var booted = new BootedHost(lab, host, lab.start(host, "boot", SCRIPT, folder.toString()), folder);
        lab.until("systemd of " + host + " has begun", () -> Files.exists(folder.resolve("pid")));
        lab.until(
                "systemd of " + host + " takes commands",
                () -> BEGUN.contains(booted.run("systemctl", "is-system-running", "--wait")
                        .out()
                        .strip()));
        return booted;
    }

    /** Runs a command to its end. */
    Run run(String... command) {
        return Run.of(
                Map.of(),
                LIMIT,
                Stream.concat(Stream.of(SCRIPT, "in", folder.toString()), Stream.of(command))
                        .toList());
    }

    /** Runs lines as if they were pasted into a shell, as far as they succeed; all must. */
    String paste(String lines) {
        Run run = run("bash", "-e", "-c", lines);
        if (run.exitCode() != 0) {
            System.out.println(run("journalctl", "--no-pager", "--lines", "200").out());
        }
        return run.orFail();
    }

    /** A property of a unit, as {@code systemctl show} has it. */
    String property(String unit, String name) {
        return run("systemctl", "show", "--value", "--property", name, unit)
                .orFail()
                .strip();
    }

    /** What its journal has of a unit, messages only. */
    String journal(String unit) {
        return run("journalctl", "--no-pager", "--output", "cat", "--unit", unit)
                .orFail();
    }

    /** From now on its units make their start caches, and run, without the second compiler, which a minute never pays back. */
    void hurry() {
        Installation.QUICK.forEach((name, value) ->
                run("systemctl", "set-environment", name + '=' + value).orFail());
    }

    /** Whether its node, the one of the unit {@code mempair}, is standby beside an active peer. */
    boolean isStandby() {
        String status = status();
        return status.contains("\"role\":\"standby\"") && !status.contains("\"active_node\":null");
    }

    /** Whether its node is active, with the address and an open port. */
    boolean serves() {
        return status().contains("\"serves\":true");
    }

    /** Asked again and again: a JVM for each question would take the processors from the nodes. */
    private String status() {
        return lab.http(host, "/status");
    }

    /** Processor time that all its processes have used so far. */
    Duration used() {
        String millis = Run.of(Map.of(), LIMIT, List.of(SCRIPT, "usage", folder.toString()))
                .orFail()
                .strip();
        return Duration.ofMillis(Long.parseLong(millis));
    }

    Path folder() {
        return folder;
    }

    /** Ends everything that runs on it. */
    void stop() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new AssertionError("a booted host would not end: " + folder);
            }
            // what belonged to users of it alone
            try (Stream<Path> left = Files.walk(folder)) {
                left.forEach(path -> path.toFile().setWritable(true));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
