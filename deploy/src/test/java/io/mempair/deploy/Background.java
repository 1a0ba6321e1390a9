package io.mempair.deploy;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Programs that run beside a test, on this host; killed when it ends. Their log is printed when it fails. */
final class Background implements BeforeEachCallback, AfterEachCallback {

    static final Duration LIMIT = Duration.ofSeconds(60);

    private final List<Process> started = new ArrayList<>();
    private Path log = Path.of("");

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        Installation.mempair();
        log = Files.createTempFile("mempair", ".log");
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        if (context.getExecutionException().isPresent()) {
            System.out.println(log());
        }
        for (Process process : started) {
            process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        }
        Files.delete(log);
    }

    /** What the programs have said. */
    String log() throws IOException {
        return Files.readString(log);
    }

    Process start(List<String> command) throws IOException {
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(Installation.QUICK);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    Process startMemcached(String address, int port) throws IOException {
        Process process =
                start(List.of("memcached", "-u", "root", "-l", address, "-p", String.valueOf(port), "-t", "1"));
        until("memcached accepts on " + address, () -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), 500);
                return true;
            } catch (IOException e) {
                return false;
            }
        });
        return process;
    }

    /** The first line of the answer on loopback. */
    static String ask(int port, String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }

    static void until(String what, Callable<Boolean> condition) {
        await(what)
                .atMost(LIMIT)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(10, TimeUnit.MILLISECONDS)
                .until(condition);
    }
}
