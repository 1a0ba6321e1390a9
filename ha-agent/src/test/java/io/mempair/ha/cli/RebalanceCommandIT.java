package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.admin.AdminServer;
import io.mempair.ha.agent.Reloading;
import io.mempair.ha.config.ConfigChange;
import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.config.ProxyFile;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.server.ProxyServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server is added to a running proxy by its file, with the commands an operator has. */
@Timeout(120)
class RebalanceCommandIT {

    private static final int KEYS = 500;

    @TempDir
    Path folder;

    private final List<Process> servers = new ArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @AfterEach
    void stopServers() throws InterruptedException {
        for (Process server : servers) {
            server.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private String memcached() throws IOException {
        int port = freePort();
        servers.add(new ProcessBuilder(
                        "memcached", "-u", "root", "-l", "127.0.0.1", "-p", String.valueOf(port), "-U", "0", "-t", "1")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException e) {
                return false;
            }
        });
        return "127.0.0.1:" + port;
    }

    private int run(Path control, String... words) {
        out.getBuffer().setLength(0);
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.addAll(List.of("--control", control.toString()));
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments.toArray(String[]::new));
    }

    private static List<String> ask(int port, String request, int lines) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < lines; i++) {
                answers.add(in.readLine());
            }
            return answers;
        }
    }

    private Path write(int port, String servers, int rate) throws IOException {
        return Files.writeString(
                folder.resolve("proxy.yaml"),
                "proxy: {listen: '127.0.0.1:" + port + "', servers: [" + servers
                        + "], rebalance: copy, rebalance-rate: " + rate + ", loops: 2}\n");
    }

    @Test
    void aServerIsAddedAndEveryKeyIsThere() throws Exception {
        String one = "'" + memcached() + "'";
        String two = "'" + memcached() + "'";
        int port = freePort();
        Path file = write(port, one, 50_000);
        Path control = folder.resolve("c.sock");
        ProxyFile read = ConfigReader.readProxy(file);
        ProxyServer server = new ProxyServer(read.proxy());
        FileReload<ProxyFile> reload = new FileReload<>(
                file,
                read,
                ConfigReader::readProxy,
                ConfigChange::between,
                wanted -> server.reload(wanted.proxy()).thenApply(remarks -> String.join("; ", remarks)));
        StandaloneProxy proxy = new StandaloneProxy(server, reload::running, new Reloading(reload, new SystemClock()));
        assertThat(proxy.startAndOpen().toCompletableFuture().get(30, TimeUnit.SECONDS))
                .isTrue();
        InetSocketAddress http = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (AdminServer admin = AdminServer.start(proxy, http, control)) {
            StringBuilder sets = new StringBuilder();
            for (int i = 0; i < KEYS; i++) {
                sets.append("set key-" + i + " 0 0 1\r\nx\r\n");
            }
            assertThat(ask(port, sets.toString(), KEYS)).containsOnly("STORED");
            assertThat(run(control, "rebalance")).isZero();
            assertThat(out.toString()).contains("no rebalance since the start");

            Path wanted = Files.writeString(
                    folder.resolve("wanted.yaml"),
                    Files.readString(file).replace(one, one + ", " + two + ", '127.0.0.1:1'"));
            assertThat(run(control, "rebalance", "plan", wanted.toString())).isEqualTo(1);
            assertThat(out.toString())
                    .contains("would be refused: server 127.0.0.1:1: ")
                    .containsPattern("about 3[23]\\d keys move");
            write(port, one + ", " + two, 50);
            assertThat(run(control, "rebalance", "plan", file.toString()))
                    .as("%s", err)
                    .isZero();
            assertThat(out.toString())
                    .containsPattern(two.replace("'", "") + " +joins +0 +0 +2[45]\\d ")
                    .containsPattern("about 2[45]\\d keys move, 1 MB: about [56] s at 50 keys a second");
            assertThat(run(control, "wait", "rebalanced")).isZero();
            assertThat(run(control, "reload")).as("%s", err).isZero();
            assertThat(out.toString()).contains("the keys that move are copied first");
            assertThat(proxy.pool().orElseThrow().primaries()).hasSize(1);
            assertThat(run(control, "wait", "rebalanced", "--timeout", "10ms")).isEqualTo(1);
            assertThat(err.toString()).contains("not rebalanced within 10ms: rebalance 1  ");
            assertThat(run(control, "status")).isZero();
            assertThat(out.toString()).containsPattern("rebalance +(sweep|copy)");
            assertThat(run(control, "rebalance", "abort")).as("%s", err).isZero();
            assertThat(out.toString()).contains("rebalance 1 aborted");
            assertThat(run(control, "rebalance", "abort")).isEqualTo(1);
            assertThat(err.toString()).contains("no rebalance is under way");

            write(port, one + ", " + two, 50_000);
            assertThat(run(control, "reload")).as("%s", err).isZero();
            await().atMost(Duration.ofSeconds(60))
                    .until(() ->
                            run(control, "rebalance") == 0 && out.toString().startsWith("rebalance 2  keep, "));
            assertThat(run(control, "rebalance", "finish")).as("%s", err).isZero();
            assertThat(run(control, "wait", "rebalanced", "--timeout", "60s")).isZero();
            assertThat(run(control, "rebalance", "finish")).isEqualTo(1);
            assertThat(err.toString()).contains("no rebalance keeps its former servers");
            assertThat(run(control, "rebalance", "status")).isZero();
            assertThat(out.toString()).contains("rebalance 2  done");
            assertThat(proxy.pool().orElseThrow().primaries()).hasSize(2);
            for (int i = 0; i < KEYS; i++) {
                assertThat(ask(port, "get key-" + i + "\r\n", 1)).containsExactly("VALUE key-" + i + " 0 1");
            }
        } finally {
            CompletableFuture<Void> stopped = proxy.stop().toCompletableFuture();
            stopped.get(30, TimeUnit.SECONDS);
        }
    }
}
