package io.mempair.ha.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.election.Role;
import io.mempair.ha.metrics.LatencyFamily;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.metrics.ServerLatencies;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.server.ProxyHealth.ServerTier;
import io.mempair.proxy.server.ServerLatency;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages, files and metrics, and who is refused. */
@Timeout(30)
class AdminServerTest extends OpenAdminServer {

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/status", "/about", "/samples", "/history", "/metrics", "/assets/page.js", "/nothing"})
    void everyAnswerForbidsABrowserWhatThePageDoesNotNeed(String path) throws Exception {
        var headers = get(path).headers();

        assertThat(headers.firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'; script-src 'self'; style-src 'self'; ")
                .doesNotContain("unsafe")
                .endsWith("frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
        assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(headers.firstValue("X-Frame-Options")).contains("DENY");
        assertThat(headers.firstValue("Referrer-Policy")).contains("no-referrer");
    }

    /** Everything the page and its scripts load is there, and nothing is anybody else's or in the page itself. */
    @Test
    void thePageAndItsScriptsLoadFilesOfThisNodeOnly() throws Exception {
        node.status = FakeNode.status(Role.ACTIVE, true, true, "because");
        Set<String> loaded = new TreeSet<>();
        Pattern reference = Pattern.compile("(?:src=|href=|from |fetch\\()[\"']([^\"']+)[\"']");
        for (Queue<String> open = new ArrayDeque<>(List.of("/")); !open.isEmpty(); ) {
            String path = open.remove();
            HttpResponse<String> answer = get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            if (!path.contains("uplot") && loaded.add(path)) {
                reference
                        .matcher(answer.body())
                        .results()
                        .map(match -> match.group(1).replaceFirst("^\\./", "/assets/"))
                        .forEach(open::add);
            }
        }

        assertThat(loaded).contains("/assets/page.js", "/assets/picture.js", "/assets/charts.js", "/assets/dom.js");
        assertThat(loaded).allMatch(path -> path.startsWith("/"));
        assertThat(get("/").body())
                .doesNotContain("<style", "style=", "onclick", "onload")
                .doesNotContainPattern("<script(?![^>]*src=)");
    }

    @Test
    void aFileThatTheBrowserHasIsNotSentAgain() throws Exception {
        HttpResponse<String> first = get("/assets/page.css");
        String tag = first.headers().firstValue("ETag").orElseThrow();
        HttpRequest again = HttpRequest.newBuilder(uri("/assets/page.css"))
                .header("If-None-Match", tag)
                .build();

        HttpResponse<String> second = client.send(again, BodyHandlers.ofString());

        assertThat(first.headers().firstValue("Content-Type")).contains("text/css; charset=utf-8");
        assertThat(first.headers().firstValue("Cache-Control")).contains("no-cache");
        assertThat(second.statusCode()).isEqualTo(304);
        assertThat(second.body()).isEmpty();
        assertThat(get("/assets/../page.css").statusCode()).isEqualTo(404);
        assertThat(get("/assets/page.html").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?since=", "?since=x", "?since=99999999999999999999", "?since=-1", "?since=0&x=1"})
    void samplesAreToldWhateverIsAskedFor(String query) throws Exception {
        await().atMost(Duration.ofSeconds(15))
                .until(() -> get("/samples" + query).body().contains("\"samples\":[["));
    }

    @Test
    void metricsHaveTheNodesMetersAndTheJvms() throws Exception {
        assertThat(get("/metrics").body())
                .contains("mempair_role{role=\"standby\"} 1.0")
                .contains("jvm_memory_used_bytes{")
                .contains("mempair_buffer_memory_bytes{type=\"direct\"}");
    }

    @Test
    void metricsComeInTheFormThatTheScraperAccepts() throws Exception {
        HttpRequest asked = HttpRequest.newBuilder(uri("/metrics"))
                .header("Accept", "application/openmetrics-text; version=1.0.0, text/plain; q=0.5")
                .header("Accept-Encoding", "gzip")
                .build();

        var answer = client.send(asked, BodyHandlers.ofInputStream());

        assertThat(answer.headers().firstValue("Content-Type"))
                .contains("application/openmetrics-text; version=1.0.0; charset=utf-8");
        assertThat(answer.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(new String(new GZIPInputStream(answer.body()).readAllBytes(), StandardCharsets.UTF_8))
                .contains("mempair_role{role=\"standby\"} 1.0")
                .endsWith("# EOF\n");
    }

    @Test
    void whatAScraperGivesNoWeightItDoesNotGet() throws Exception {
        HttpRequest asked = HttpRequest.newBuilder(uri("/metrics"))
                .header("Accept", "application/openmetrics-text; q=0.1, text/plain; q=0.5")
                .header("Accept-Encoding", "gzip;q=0, deflate;q=0.0")
                .build();

        var answer = client.send(asked, BodyHandlers.ofString());

        assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(answer.body()).contains("mempair_role{role=\"standby\"} 1.0");
    }

    @Test
    void metricsHaveTheLatenciesOfTheServersOnceThereAreAny() throws Exception {
        assertThat(get("/metrics").body()).doesNotContain(LatencyFamily.SERVERS.metric());
        ServerLatencies latencies = new ServerLatencies();
        latencies.ofOneLoop().count(TimedCommand.SET, 1);

        node.latencies = List.of(new ServerLatency(
                new ServerAddress("m1", 11211),
                ServerTier.PRIMARY,
                TimedCommand.SET,
                latencies.histogram(TimedCommand.SET)));

        assertThat(get("/metrics").body())
                .contains("# TYPE " + LatencyFamily.SERVERS.metric() + " histogram")
                .contains(LatencyFamily.SERVERS.metric()
                        + "_count{command=\"set\",server=\"m1:11211\",tier=\"primary\"} 1");
    }

    @ParameterizedTest
    @CsvSource({
        "POST,/status,405",
        "DELETE,/,405",
        "TRACE,/,405",
        "GET,/switchover,404",
        "GET,/health,404",
        "GET,/status?x=1,200"
    })
    void whatIsNoPageIsRefused(String method, String path, int code) throws Exception {
        var request = HttpRequest.newBuilder(uri(path)).method(method, BodyPublishers.noBody());

        assertThat(client.send(request.build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(ints = {600, 100_000})
    void aRequestLineThatIsTooLongIsRefusedAndTheConnectionClosed(int length) throws Exception {
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), server.httpAddress().getPort())) {
            socket.getOutputStream()
                    .write(("GET /" + "x".repeat(length) + " HTTP/1.1\r\n\r\n").getBytes(StandardCharsets.US_ASCII));

            String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);

            assertThat(answer).isEqualTo("HTTP/1.1 400");
        }
    }

    @Test
    void connectionsOverTheLimitAreClosedAndThoseWithinItStillServed() throws Exception {
        List<Socket> watchers = new ArrayList<>();
        try {
            for (int i = 0; i < 70; i++) {
                watchers.add(new Socket(
                        InetAddress.getLoopbackAddress(), server.httpAddress().getPort()));
            }
            Socket last = watchers.get(69);
            last.setSoTimeout(4_000);

            assertThat(last.getInputStream().read()).isEqualTo(-1);

            Socket first = watchers.get(0);
            first.getOutputStream().write("GET /health/live HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(first.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200");
        } finally {
            for (Socket watcher : watchers) {
                watcher.close();
            }
        }
    }

    @Test
    void anAddressThatThisHostDoesNotHaveYetIsWaitedFor() throws IOException {
        Path another = folder.resolve("another.sock");

        // reserved for documentation, so nobody's
        try (AdminServer waiting = AdminServer.start(node, new InetSocketAddress("192.0.2.7", 9_411), another)) {
            assertThat(ControlClient.ask(another, "status")).startsWith("ok ").contains("HTTP on 192.0.2.7:9411");
            assertThat(ControlClient.ask(another, "show"))
                    .contains("admin.http: HTTP on 192.0.2.7:9411: not an address of this host yet");
            assertThatThrownBy(waiting::httpAddress).hasMessage("HTTP is not open");
            assertThat(waiting.ended().toCompletableFuture()).isNotDone();
        }
    }

    @Test
    void aPortThatSomebodyElseHasIsNotWaitedFor() {
        assertThatThrownBy(() -> AdminServer.start(node, server.httpAddress(), folder.resolve("another.sock")))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("admin.http: HTTP on 127.0.0.1:");
    }

    @Test
    void aPortInUseIsSaidWithTheKeyAndTheRemedy() {
        InetSocketAddress taken = server.httpAddress();

        assertThatThrownBy(() -> AdminServer.start(node, taken, null))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("admin.http: HTTP on 127.0.0.1:" + taken.getPort() + ": ")
                .hasMessageEndingWith(
                        " (expected: an address of this host and a port no other process has; `ss -ltnp` shows who has"
                                + " it)");
    }

    @Test
    void aPortInUseIsSaidWithTheAddress() {
        assertThatThrownBy(() -> AdminServer.start(node, server.httpAddress(), null))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(String.valueOf(server.httpAddress().getPort()));
    }

    @Test
    void aSilentConnectionIsClosedAfterAWhile() throws IOException {
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), server.httpAddress().getPort())) {
            socket.setSoTimeout(15_000);

            await().atMost(Duration.ofSeconds(15))
                    .until(() -> socket.getInputStream().read() == -1);
        }
    }
}
