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
 * One running {@code guard.sh}. The script goes down the pipe before the commands, so no file is needed and
 * {@code ps} shows one short line. Owned by one writing thread; its answers come from a thread of their own.
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
     * @param keep     an address on the interface stays there until it is claimed or released: it is this node's
     * @param answers  gets every line it says, but for the first
     * @param ended    told when it is no more
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
            kill(); // nobody would know of it
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
                    break; // what it still says is about commands that another has to answer
                }
                if (line.equals("ready")) {
                    ready.countDown();
                } else {
                    answers.accept(line);
                }
            }
        } catch (IOException e) {
            // the pipe broke: the guard is gone, which is said below
        } catch (RuntimeException e) {
            LOG.error("the guard's answer was not taken in", e);
        } finally {
            hasEnded = true;
            ended.accept(this);
        }
    }

    /** Waits until it has removed what an earlier run left and takes commands. */
    boolean awaitReady(Duration limit) throws InterruptedException {
        return ready.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Whether its end was told already. */
    boolean hasEnded() {
        return hasEnded;
    }

    long pid() {
        return process.pid();
    }

    /** Whether the kernel says that it is stopped, by a signal or a debugger. */
    boolean isStopped() {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid() + "/stat"));
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return state == 'T' || state == 't';
        } catch (IOException | IndexOutOfBoundsException e) {
            return false; // it has ended, which is told another way
        }
    }

    /**
     * Kills it with all it started: one that was stopped must not carry out old lines when it is continued. What it says
     * from here is not heard. The address stays as it is.
     */
    void kill() {
        abandoned = true;
        List<ProcessHandle> started = descendants();
        process.destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
    }

    /** None where they cannot be listed, as by a process that may open no more files: they end when nothing feeds them. */
    private List<ProcessHandle> descendants() {
        try {
            return process.descendants().toList();
        } catch (RuntimeException e) {
            LOG.debug("what the guard started is not known", e);
            return List.of();
        }
    }

    void write(List<String> lines) throws IOException {
        commands.write((String.join("\n", lines) + '\n').getBytes(StandardCharsets.UTF_8));
        commands.flush();
    }

    /** Closes the pipe, which drops the address, and waits a moment; a guard that stays is killed. */
    void close() {
        try {
            commands.close();
        } catch (IOException e) {
            // nobody reads any more
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
