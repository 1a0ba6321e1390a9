package io.mempair.ha.address;

import io.mempair.proxy.config.FailureText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the operator's programs. It runs in its own process group, for a limited time; then the whole group is killed,
 * including leftover children that hold its output open. Logs its output, up to a limit. One thread at a time.
 */
final class Hook {

    private static final Logger LOG = LoggerFactory.getLogger(Hook.class);

    /** Time for the output to end after the program, and after its group was killed. */
    private static final Duration GRACE = Duration.ofMillis(200);

    private final String event;
    private final Path program;
    private final Duration timeout;
    private final Map<String, String> about;

    /**
     * @param event    one of claim, release, notify, fence
     * @param program  an executable file
     * @param about    variables common to all runs
     */
    Hook(String event, Path program, Duration timeout, Map<String, String> about) {
        this.event = event;
        this.program = program;
        this.timeout = timeout;
        this.about = Map.copyOf(about);
    }

    /**
     * Runs it and waits until it ends, at most slightly longer than its timeout. An interrupt ends it like the timeout.
     *
     * @param variables  additional environment of this run
     * @return null if it ended with 0; otherwise the reason, for the operator
     */
    @Nullable
    String run(Map<String, String> variables) {
        Map<String, String> environment = new HashMap<>(about);
        environment.putAll(variables);
        environment.put("MEMPAIR_EVENT", event);
        ProcessBuilder builder = new ProcessBuilder("setsid", program.toString())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile());
        builder.environment().putAll(environment);
        String problem;
        try {
            Process process = builder.start();
            HookOutput output = new HookOutput(process, timeout, event);
            problem = await(process, output);
            output.lines().forEach(line -> LOG.info("hook {}: {}", event, line));
            if (problem != null && !output.lines().isEmpty()) {
                problem += ": " + output.lines().get(output.lines().size() - 1);
            }
        } catch (IOException e) {
            problem = FailureText.of(e);
        }
        if (problem == null) {
            return null;
        }
        String why = "hook " + event + " (" + program + "): " + problem;
        LOG.warn("{}", why);
        return why;
    }

    private @Nullable String await(Process process, HookOutput output) {
        String problem = null;
        try {
            if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                problem = "no end within " + timeout.toMillis() + " ms, killed";
            } else if (process.exitValue() != 0) {
                problem = "exit code " + process.exitValue();
            }
            if (process.isAlive() || (!output.awaitEnd(GRACE) && new ProcessGroup(process.pid()).holdsPipe())) {
                killGroup(process);
                output.awaitEnd(GRACE);
            }
        } catch (InterruptedException e) {
            problem = "no longer wanted, killed";
            killGroup(process);
        }
        return problem;
    }

    /** The group has the pid of the process that {@code setsid} became; before that, only the process exists. */
    private static void killGroup(Process process) {
        process.destroyForcibly();
        new ProcessGroup(process.pid()).kill();
    }
}
