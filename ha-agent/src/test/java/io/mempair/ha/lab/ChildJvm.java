package io.mempair.ha.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A main class of the tests in a JVM of its own on a host of the lab. Its lines are kept; it is killed on close. */
public final class ChildJvm implements AutoCloseable {

    private final Process process;
    public final List<String> lines = new CopyOnWriteArrayList<>();

    public ChildJvm(String namespace, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "nsenter",
                "--net=/run/netns/" + namespace,
                "--",
                // a host of its own has processors of its own: those who test it, and other tests, must not take them
                // away
                "nice",
                "-n",
                "-10",
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Thread reader = new Thread(this::read, "lines-of-" + namespace);
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add(e.toString());
        }
    }

    /** {@code nsenter} becomes the JVM: same process id. */
    public long pid() {
        return process.pid();
    }

    public void say(String line) throws IOException {
        process.getOutputStream().write((line + '\n').getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    public boolean hasSaid(String text) {
        return lines.stream().anyMatch(line -> line.contains(text));
    }

    public void signal(String name) {
        signal(name, pid());
    }

    public static void signal(String name, long pid) {
        if (pid <= 0) {
            throw new AssertionError("no process: " + pid);
        }
        Namespaces.run("kill", "-" + name, Long.toString(pid));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
