package io.mempair.proxy.testkit;

import io.mempair.proxy.config.ServerAddress;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A real memcached on a loopback port of its own: the installed one, or the program that {@code -Dmempair.memcached} names.
 * Fails with the remedy when there is none to start.
 */
public final class Memcached implements AutoCloseable {

    private static final String PROGRAM = System.getProperty("mempair.memcached", "memcached");

    private final String host;
    private final int port;
    private final String[] options;
    private Process process;

    private Memcached(String host, int port, String... options) throws IOException {
        this.host = host;
        this.port = port;
        this.options = options;
        start();
    }

    /** Starts one with these further options and waits until it accepts. */
    public static Memcached started(String... options) throws IOException {
        return new Memcached("127.0.0.1", RunningProxy.freePort(), options);
    }

    /** Starts one that listens there, on the port of {@code other}, and waits until it accepts. */
    public static Memcached beside(Memcached other, String host) throws IOException {
        return new Memcached(host, other.port);
    }

    /** Starts it (again), empty, on the same port. */
    public void start() throws IOException {
        List<String> command =
                new ArrayList<>(List.of(PROGRAM, "-l", host, "-p", String.valueOf(port), "-U", "0", "-t", "1"));
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("-u", "root"));
        }
        command.addAll(List.of(options));
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(new File("/dev/null"))
                    .start();
        } catch (IOException e) {
            throw new AssertionError("no " + PROGRAM + " (apt-get install memcached, or -Dmempair.memcached=PATH)", e);
        }
        Awaitility.await("memcached on port " + port)
                .atMost(30, TimeUnit.SECONDS)
                .until(this::accepts);
    }

    private boolean accepts() throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), 500);
            return true;
        } catch (ConnectException e) {
            return false;
        }
    }

    /** Kills it, as kill -9 does. */
    public void kill() {
        Awaitility.await("end of memcached on port " + port)
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> !process.destroyForcibly().isAlive());
    }

    /** Stops it in the middle of what it does: its connections stay, its kernel takes bytes, nothing is answered. */
    public void freeze() {
        signal("STOP");
        Awaitility.await("stop of every thread of memcached " + pid())
                .pollInterval(2, TimeUnit.MILLISECONDS)
                .atMost(30, TimeUnit.SECONDS)
                .until(this::isStopped);
    }

    private boolean isStopped() throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc", String.valueOf(pid()), "task"))) {
            return threads.allMatch(thread -> stateOf(thread) == 'T');
        }
    }

    /** The letter behind the name in brackets, as proc(5) has it. */
    private static char stateOf(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets it go on after {@link #freeze}, with all that came meanwhile. */
    public void thaw() {
        signal("CONT");
    }

    /** Its process id; another after each {@link #start}. */
    public long pid() {
        return process.pid();
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(pid()))
                    .redirectErrorStream(true)
                    .start();
            if (!kill.waitFor(5, TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new AssertionError("kill -" + name + ' ' + pid() + " failed");
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Whether a write can choose the cas id of an item (memcached 1.6.27 and later), by what it does when one tries. */
    public boolean takesIds() throws IOException {
        try (RawClient client = client()) {
            String answer = client.send("ms takes-ids 1 E4711 c\r\n1\r\nmd takes-ids\r\n")
                    .line();
            return answer.equals("HD c4711");
        }
    }

    public ServerAddress address() {
        return new ServerAddress(host, port);
    }

    /** A client straight to it. */
    public RawClient client() throws IOException {
        return RawClient.connect(address());
    }

    @Override
    public void close() {
        kill();
    }
}
