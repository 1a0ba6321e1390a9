package io.mempair.ha.address;

import io.mempair.proxy.config.FailureText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the operator's programs. It runs in a process group of its own, for a limited time; then the whole group is
 * killed, and so is whatever it leaves behind that still holds its output open. What it says is logged, up to a bound.
 * One thread at a time.
 */
final class Hook {

    private static final Logger LOG = LoggerFactory.getLogger(Hook.class);

    /** Time for output to end after the program has, and for a killed group to be gone. */
    private static final Duration GRACE = Duration.ofMillis(200);

    private final String event;
    private final Path program;
    private final Duration timeout;
    private final Map<String, String> about;

    /**
     * @param event    what it is for, one of claim, release, notify, fence
     * @param program  an executable file
     * @param about    variables that are the same in each run
     */
    Hook(String event, Path program, Duration timeout, Map<String, String> about) {
        this.event = event;
        this.program = program;
        this.timeout = timeout;
        this.about = Map.copyOf(about);
    }

    /**
     * Runs it and waits for its end, at most a little longer than its timeout. An interrupt ends it as the timeout does.
     *
     * @param variables  its environment beside what is the same in each run
     * @return null when it ended with 0, else why it failed, for the operator
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
            HookOutput output = new HookOutput(process.getInputStream(), event);
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
            if (process.isAlive() || !output.awaitEnd(GRACE)) {
                killGroup(process);
                output.awaitEnd(GRACE);
            }
        } catch (InterruptedException e) {
            problem = "no longer wanted, killed";
            killGroup(process);
        }
        return problem;
    }

    /** The group has the number of the process that {@code setsid} became; before that, the process alone is there. */
    private static void killGroup(Process process) {
        try {
            Process kill = new ProcessBuilder(
                            List.of("bash", "-c", "kill -KILL -- -$1", "bash", Long.toString(process.pid())))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!kill.waitFor(GRACE.toNanos(), TimeUnit.NANOSECONDS)) {
                kill.destroyForcibly();
            }
        } catch (IOException e) {
            LOG.warn("a hook's process group cannot be killed: {}", FailureText.of(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }
}
