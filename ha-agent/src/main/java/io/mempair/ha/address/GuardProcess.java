package io.mempair.ha.address;

import io.mempair.ha.config.VirtualAddressConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running {@code guard.sh}. The script is sent through the pipe before the commands, so no file is needed and
 * {@code ps} shows one short line. Owned by one writing thread; a separate thread delivers its replies.
 */
final class GuardProcess {

    private static final Logger LOG = LoggerFactory.getLogger(GuardProcess.class);
    private static final String SCRIPT = "guard.sh";

    private final Process process;
    private final OutputStream commands;
    private final CountDownLatch ready = new CountDownLatch(1);
    private volatile boolean hasEnded;
    private volatile boolean abandoned;

    /**
     * Starts it.
     *
     * @param shell    what runs the script it reads from its input
     * @param keep     whether an address on the interface stays until it is claimed or released
     * @param answers  receives every line except the first
     * @param ended    called when it has ended
     *
     * @throws IOException when the process cannot be started
     */
    GuardProcess(
            List<String> shell,
            VirtualAddressConfig config,
            boolean keep,
            Consumer<String> answers,
            Consumer<GuardProcess> ended)
            throws IOException {
        List<String> command = new ArrayList<>(shell);
        command.addAll(List.of("-s", "--", keep ? "keep" : "drop", config.interfaceName()));
        config.addresses().forEach(cidr -> command.add(cidr.toString()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C");
        builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ':' + more);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        process = builder.start();
        commands = process.getOutputStream();
        try {
            Thread reader = new Thread(() -> read(answers, ended), "mempair-guard-answers");
            reader.setDaemon(true);
            reader.start();
            commands.write(script());
            commands.flush();
        } catch (IOException | RuntimeException | Error e) {
            kill(); // nobody would know that it runs
            throw e;
        }
    }

    private static byte[] script() throws IOException {
        try (InputStream in = GuardProcess.class.getResourceAsStream(SCRIPT)) {
            if (in == null) {
                throw new IOException("resource not found: " + SCRIPT);
            }
            return in.readAllBytes();
        }
    }

    private void read(Consumer<String> answers, Consumer<GuardProcess> ended) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (abandoned) {
                    break; // its later lines concern commands that another guard must answer
                }
                if (line.equals("ready")) {
                    ready.countDown();
                } else {
                    answers.accept(line);
                }
            }
        } catch (IOException e) {
            // the pipe broke: the guard has ended, which is reported below
        } catch (RuntimeException e) {
            LOG.error("internal error: a reply of the guard was not processed", e);
        } finally {
            hasEnded = true;
            ended.accept(this);
        }
    }

    /** Waits until it has removed leftovers of an earlier run and accepts commands. */
    boolean awaitReady(Duration limit) throws InterruptedException {
        return ready.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Whether its end was already reported. */
    boolean hasEnded() {
        return hasEnded;
    }

    long pid() {
        return process.pid();
    }

    /** Whether the kernel reports it as stopped, by a signal or a debugger. */
    boolean isStopped() {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid() + "/stat"));
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return state == 'T' || state == 't';
        } catch (IOException | IndexOutOfBoundsException e) {
            return false; // it has ended, which is reported separately
        }
    }

    /**
     * Kills it and its children: a stopped guard must not execute old lines when it is continued. Ignores further
     * output. The address stays as it is.
     */
    void kill() {
        abandoned = true;
        List<ProcessHandle> started = descendants();
        process.destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
    }

    /**
     * Its children; empty if they cannot be listed, for example without free file descriptors: they end when their
     * input ends.
     */
    private List<ProcessHandle> descendants() {
        try {
            return process.descendants().toList();
        } catch (RuntimeException e) {
            LOG.debug("cannot list the processes of the guard", e);
            return List.of();
        }
    }

    void write(List<String> lines) throws IOException {
        commands.write((String.join("\n", lines) + '\n').getBytes(StandardCharsets.UTF_8));
        commands.flush();
    }

    /** Closes the pipe, which makes the guard drop the address, waits briefly, and kills it if it remains. */
    void close() {
        try {
            commands.close();
        } catch (IOException e) {
            // nobody reads its output any more
        }
        try {
            if (!process.waitFor(500, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
