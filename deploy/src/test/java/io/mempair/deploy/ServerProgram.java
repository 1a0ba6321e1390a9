package io.mempair.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** A memcached, or {@code mempair proxy}, on a loopback port of its own; it ends with {@link #close}. */
final class ServerProgram implements AutoCloseable {

    /** Far above what a start takes on a busy machine. */
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private static final Path DEPLOY = Path.of("").toAbsolutePath();

    private final int port;
    private final Path log;
    private final Process process;

    private ServerProgram(int port, Path log, List<String> command) {
        this.port = port;
        this.log = log;
        try {
            Files.createDirectories(log.getParent());
            var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().putAll(Installation.QUICK);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command, e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    /** Starts an empty memcached and waits until it accepts. */
    static ServerProgram memcached() {
        int port = ReservedPorts.next();
        return new ServerProgram(
                        port,
                        logOf("memcached", port),
                        List.of("memcached", "-u", "root", "-l", "127.0.0.1", "-p", "" + port, "-U", "0", "-t", "2"))
                .awaitStart();
    }

    /** Starts {@code mempair proxy} in front of these and waits until it accepts. */
    static ServerProgram proxy(List<ServerProgram> primaries, List<ServerProgram> backups) {
        int port = ReservedPorts.next();
        var command = new ArrayList<>(List.of(Installation.mempair(), "proxy", "-l", "127.0.0.1", "-p", "" + port));
        primaries.forEach(server -> command.addAll(List.of("-s", server.address())));
        backups.forEach(server -> command.addAll(List.of("-b", server.address())));
        return new ServerProgram(port, logOf("proxy", port), command).awaitStart();
    }

    int port() {
        return port;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    /** What it has said until now. */
    String said() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        Awaitility.await("end of " + log.getFileName()).atMost(START_LIMIT).until(() -> !process.isAlive());
    }

    private ServerProgram awaitStart() {
        Awaitility.await(log.getFileName() + " accepts")
                .atMost(START_LIMIT)
                .until(() -> !process.isAlive() || accepts());
        if (!process.isAlive()) {
            throw new AssertionError(log.getFileName() + " ended: " + said());
        }
        return this;
    }

    private boolean accepts() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path logOf(String what, int port) {
        return DEPLOY.resolve("target/e2e/programs").resolve(what + '-' + port + ".log");
    }
}
