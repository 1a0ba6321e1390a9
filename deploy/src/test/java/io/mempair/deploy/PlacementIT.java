package io.mempair.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.config.ConfigReader;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.server.ProxyServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What real clients stored in servers they choose themselves is found through the proxy, key by key, with the lines of
 * {@code docs/reference/placement.md}.
 */
@Timeout(300)
class PlacementIT {

    private static final int KEYS = Integer.getInteger("mempair.placement.keys", 2_000);
    private static final int MOST_SERVERS = 50;

    private static final List<Process> MEMCACHED = new ArrayList<>();
    private static final List<String> SERVERS = new ArrayList<>();

    @TempDir
    private Path folder;

    @BeforeAll
    static void startServers() throws IOException {
        for (int i = 1; i <= MOST_SERVERS; i++) {
            // addresses of this test alone, because some clients leave out the port where it is memcached's own
            String host = "127.8.3." + i;
            int port = i == 1 ? 11_211 : FreePorts.next();
            SERVERS.add(host + ':' + port);
            MEMCACHED.add(new ProcessBuilder(
                            "memcached",
                            "-u",
                            "root",
                            "-l",
                            host,
                            "-p",
                            String.valueOf(port),
                            "-U",
                            "0",
                            "-t",
                            "1",
                            "-m",
                            "8")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start());
        }
        for (String server : SERVERS) {
            Background.until(server + " answers", () -> answers(server));
        }
    }

    @AfterAll
    static void stopServers() throws InterruptedException {
        for (Process process : MEMCACHED) {
            process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        }
    }

    private static boolean answers(String server) {
        try {
            return ask(server, "version\r\n", 1).get(0).startsWith("VERSION");
        } catch (IOException e) {
            return false;
        }
    }

    static Stream<PlacementClient> clients() {
        return PlacementClient.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clients")
    void everyKeyIsFound(PlacementClient client) throws Exception {
        List<String> servers = IntStream.range(0, client.servers())
                .mapToObj(i -> SERVERS.get(i) + (client.weighted() && i == 1 ? ":3" : ""))
                .toList();
        for (String server : SERVERS) {
            ask(server, "flush_all\r\n", 1);
        }

        client.store(KEYS, servers);

        assertThat(misses(client, servers)).as(client.lines(servers)).isZero();
    }

    private long misses(PlacementClient client, List<String> servers) throws Exception {
        int port = FreePorts.next();
        Path file = Files.writeString(
                folder.resolve("proxy.yaml"),
                "proxy:\n  listen: 127.0.0.1:" + port + "\n" + client.lines(servers) + "\n");
        ProxyConfig config = ConfigReader.readProxy(file).proxy();
        try (ProxyServer proxy = new ProxyServer(config)) {
            proxy.start().toCompletableFuture().get(30, TimeUnit.SECONDS);
            proxy.open().toCompletableFuture().get(30, TimeUnit.SECONDS);
            IntFunction<String> key = client.key();
            var questions = new StringBuilder();
            for (int i = 0; i < KEYS; i++) {
                questions.append("mg ").append(key.apply(i)).append(" s\r\n");
            }
            return ask("127.0.0.1:" + port, questions.toString(), KEYS).stream()
                    .filter(answer -> !answer.startsWith("HD"))
                    .count();
        }
    }

    /** So many lines of the answer. */
    private static List<String> ask(String server, String questions, int lines) throws IOException {
        int colon = server.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(server.substring(0, colon), Integer.parseInt(server.substring(colon + 1))),
                    10_000);
            socket.setSoTimeout(30_000);
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            socket.getOutputStream().write(questions.getBytes(StandardCharsets.UTF_8));
            var answers = new ArrayList<String>();
            for (int i = 0; i < lines; i++) {
                answers.add(in.readLine());
            }
            return answers;
        }
    }
}
