package io.mempair.ha.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.election.Role;
import io.mempair.ha.metrics.ServerLatencyHistograms;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.metrics.ServerLatencies;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.server.ProxyHealth.ServerTier;
import io.mempair.proxy.server.ServerLatency;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class AdminServerTest {

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private final FakeNode node = new FakeNode();
    private AdminServer server;
    private Path control;

    @BeforeEach
    void start() throws IOException {
        control = folder.resolve("run/control.sock");
        server = AdminServer.start(node, loopback(), control);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "STANDBY, false, false, 200, 503",
        "FAULT,   false, false, 503, 503",
        "ACTIVE,  true,  true,  200, 200",
        "ACTIVE,  true,  false, 200, 503",
        "ACTIVE,  false, true,  200, 503"
    })
    void healthFollowsTheRoleTheAddressAndThePort(Role role, boolean holds, boolean open, int ready, int active)
            throws Exception {
        node.status = FakeNode.status(role, holds, open, "because");

        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready").statusCode()).isEqualTo(ready);
        assertThat(get("/health/active").statusCode()).isEqualTo(active);
        assertThat(get("/health/active").body()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(strings = {"live", "ready", "active"})
    void aNodeThatBrokeIsNotHealthyWhateverItsLastRoleWas(String question) throws Exception {
        node.status = FakeNode.status(Role.ACTIVE, true, true, "because");
        assertThat(get("/health/" + question).statusCode()).isEqualTo(200);

        node.ended.completeExceptionally(new IllegalStateException("a bug"));

        assertThat(get("/health/" + question).statusCode()).isEqualTo(503);
        assertThat(get("/health/" + question).body()).contains("the node broke");
    }

    @ParameterizedTest
    @ValueSource(strings = {"live", "ready", "active"})
    void aNodeWithALoopThatDoesNotComeRoundIsNotHealthy(String question) throws Exception {
        node.status = FakeNode.status(Role.ACTIVE, true, true, "because");
        node.ailments = List.of("event loop 1 has not come round for 2345 ms");

        assertThat(get("/health/" + question).statusCode()).isEqualTo(503);
        assertThat(get("/health/" + question).body()).isEqualTo("event loop 1 has not come round for 2345 ms\n");

        node.ailments = List.of();
        assertThat(get("/health/" + question).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "HEAD, /health/ready",
        "OPTIONS, /health/ready",
        "HEAD, /health/active",
        "OPTIONS, /health/live",
        "HEAD, /",
        "OPTIONS, /",
        "HEAD, /status",
        "HEAD, /metrics",
        "HEAD, /nothing",
        "OPTIONS, /nothing"
    })
    void headAndOptionsAreAnsweredAsGetWithoutABody(String method, String path) throws Exception {
        for (Role role : List.of(Role.STANDBY, Role.FAULT)) {
            node.status = FakeNode.status(role, false, false, "because");
            HttpResponse<String> asked = ask(method, path);

            assertThat(asked.statusCode()).isEqualTo(get(path).statusCode());
            assertThat(asked.body()).isEmpty();
        }
    }

    @Test
    void theCheckOfHaproxyIsAnswered() throws Exception {
        assertThat(raw("OPTIONS / HTTP/1.0\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .endsWith("\r\n\r\n");
        assertThat(raw("OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .containsIgnoringCase("allow: GET, HEAD, OPTIONS\r\n");
        String length =
                get("/health/live").headers().firstValue("content-length").orElseThrow();
        assertThat(raw("HEAD /health/live HTTP/1.0\r\n\r\n"))
                .containsIgnoringCase("content-length: " + length + "\r\n")
                .endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"live", "ready", "active"})
    void aNodeThatDecidesNothingIsNotHealthy(String question) throws Exception {
        node.status = FakeNode.status(Role.ACTIVE, true, true, "because");
        node.silenceNanos = 1_999_999_999L;
        assertThat(get("/health/" + question).statusCode()).isEqualTo(200);

        node.silenceNanos = 2_000_000_000L;

        assertThat(get("/health/" + question).statusCode()).isEqualTo(503);
        assertThat(get("/health/" + question).body()).isEqualTo("the node has decided nothing for 2000 ms\n");
    }

    @Test
    void theStatusIsWholeAndItsStringsAreEscaped() throws Exception {
        node.status = FakeNode.status(Role.STANDBY, false, false, "a \"quote\", a \\ and a\nline");

        assertThat(get("/status").body())
                .isEqualTo(
                        "{\"name\":\"a\",\"role\":\"standby\",\"epoch\":7,\"active_node\":null,\"reason\":\"a"
                                + " \\\"quote\\\", a \\\\ and a\\u000aline\",\"since_ms\":12345,"
                                + "\"holds_address\":false,\"serves\":false,"
                                + "\"peers\":[{\"name\":\"b\",\"role\":\"active\",\"priority\":100,\"alive\":true,\"heard_ms\":42,\"places_otherwise\":false,\"summary\":null}],\"summary\":{\"version\":\"1.2.3\",\"up_s\":12,\"holds_address\":true,\"open\":true,\"maintenance\":false,\"clients\":3,\"servers\":2,\"servers_up\":2,\"servers_out\":0,\"requests_per_second\":1500,\"configuration\":\"0abcdef0\",\"http\":\"10.0.0.1:9411\"},\"kind\":\"node\",\"verdict\":{\"level\":\"fine\",\"text\":\"b"
                                + " serves, a can take"
                                + " over\"},\"maintenance\":false,\"checks\":[{\"name\":\"disk\",\"good\":false,\"outcome\":\"exit"
                                + " code 1\"}],\"warnings\":[\"address conflict: another"
                                + " \\\"host\\\"\"],\"proxy\":{\"transport\":\"epoll\",\"open\":false,\"clients\":3,\"loop_stall_ms\":2,\"servers\":[{\"address\":\"m1:11211\",\"tier\":\"primary\",\"up\":true,\"standing\":null,\"missed_keys\":0,\"refill\":null,\"failure\":null}],\"memory\":{\"held_bytes\":0,\"limit_bytes\":0,\"allocated_bytes\":0,\"allocated_limit_bytes\":0,\"heap_bytes\":0,\"heap_limit_bytes\":0,\"short\":false,\"clients_closed\":0,\"held\":{}}},\"reload\":null}\n");
    }

    @ParameterizedTest
    @CsvSource({"SERVING, serving, serving", "REFILLING, refilling, refilling", "OUT, out, OUT"})
    void everyFaceSaysWhatEachServerIsGoodFor(ReplicaStatus standing, String word, String wordForPeople)
            throws Exception {
        node.status = FakeNode.standby(standing, ReplicaStatus.SERVING);

        assertThat(get("/status").body())
                .contains("\"tier\":\"primary\",\"up\":true,\"standing\":\"" + word
                        + "\",\"missed_keys\":12,\"refill\":{\"seen\":3,"
                        + "\"copied\":2,\"total\":5},\"failure\":null}")
                .contains(
                        "\"tier\":\"backup\",\"up\":true,\"standing\":\"serving\",\"missed_keys\":0,\"refill\":null,\"failure\":null}");
        assertThat(ControlClient.ask(control, "show"))
                .contains("primary, up, " + wordForPeople + '\n')
                .contains("backup, up, serving");
        assertThat(get("/").body())
                .contains("class=\"" + (standing == ReplicaStatus.OUT ? "bad" : "good") + "\">up, " + word + "</td>");
    }

    @Test
    void aServerThatIsDownIsShownWithTheReason() throws Exception {
        node.status = FakeNode.withServerDown("Connection refused: m1:11211");

        assertThat(get("/status").body()).contains("\"failure\":\"Connection refused: m1:11211\"");
        assertThat(ControlClient.ask(control, "show")).contains("primary, DOWN: Connection refused: m1:11211");
    }

    @Test
    void everyFaceShowsTheWarnings() throws Exception {
        node.status = FakeNode.status(Role.STANDBY, false, false, "fit");

        assertThat(get("/status").body()).contains("\"warnings\":[\"address conflict: another \\\"host\\\"\"]");
        assertThat(ControlClient.ask(control, "show")).contains("warning", "address conflict: another \"host\"");
        assertThat(get("/").body()).contains("<p class=\"bad\">address conflict: another &quot;host&quot;</p>");
    }

    @Test
    void everyFaceShowsMaintenanceAndTheOperatorsChecks() throws Exception {
        node.status = FakeNode.status(Role.FAULT, false, false, "maintenance: taken out by the operator");

        assertThat(get("/status").body()).contains("\"maintenance\":true");
        assertThat(ControlClient.ask(control, "show"))
                .contains("IN MAINTENANCE until `mempair online`")
                .contains("\tin maintenance\tfor ")
                .doesNotContain("fault")
                .contains("disk\tBAD, exit code 1");
        assertThat(get("/health/ready").body()).startsWith("in maintenance: ");
        assertThat(get("/").body())
                .contains("in maintenance")
                .doesNotContain("fault, in maintenance")
                .contains("<td>disk</td>")
                .contains("class=\"bad\">exit code 1</td>");
    }

    @Test
    void maintenanceIsBegunAndEndedByTheControlSocket() throws Exception {
        assertThat(ControlClient.ask(control, "standby")).isEqualTo("ok in maintenance");
        assertThat(ControlClient.ask(control, "online")).isEqualTo("error this node stops");
    }

    @Test
    void theLastReloadIsShownOnEveryFace() throws Exception {
        node.status = FakeNode.status(
                Role.STANDBY, false, false, "fit", new NodeStatus.Reload(5, false, "a.yaml:1:1: <bad>"));

        assertThat(get("/status").body())
                .contains("\"reload\":{\"ago_ms\":5,\"applied\":false,\"outcome\":\"a.yaml:1:1: <bad>\"}");
        assertThat(get("/").body()).contains("Last reload 5 ms ago: REFUSED a.yaml:1:1: &lt;bad&gt;");
        assertThat(ControlClient.ask(control, "show")).contains("reload\t5 ms ago\tREFUSED a.yaml:1:1: <bad>");
    }

    @Test
    void aReloadIsAnsweredWithWhatChangedAndARefusedOneWithEveryProblem() throws Exception {
        assertThat(ControlClient.ask(control, "reload")).isEqualTo("ok nothing changed");

        Path file = Files.writeString(folder.resolve("p.yaml"), "proxy: {servers: [m1], loops: 0, timeout: x}\n");
        node.reload = CompletableFuture.supplyAsync(() -> {
            try {
                return ConfigReader.readProxy(file).toString();
            } catch (ConfigException e) {
                throw new CompletionException(e);
            }
        });

        assertThat(ControlClient.ask(control, "reload").lines())
                .hasSize(2)
                .first(InstanceOfAssertFactories.STRING)
                .startsWith("refused " + file + ":1:");
    }

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
    void metricsHaveTheLatenciesOfTheServersOnceThereAreAny() throws Exception {
        assertThat(get("/metrics").body()).doesNotContain(ServerLatencyHistograms.NAME);
        ServerLatencies latencies = new ServerLatencies();
        latencies.ofOneLoop().count(TimedCommand.SET, 1);

        node.latencies = List.of(new ServerLatency(
                new ServerAddress("m1", 11211),
                ServerTier.PRIMARY,
                TimedCommand.SET,
                latencies.histogram(TimedCommand.SET)));

        assertThat(get("/metrics").body())
                .contains("# TYPE " + ServerLatencyHistograms.NAME + " histogram")
                .contains(ServerLatencyHistograms.NAME
                        + "_count{command=\"set\",server=\"m1:11211\",tier=\"primary\"} 1");
    }

    @Test
    void thePageShowsThePairAndEscapesWhatItShows() throws Exception {
        node.status = FakeNode.status(Role.STANDBY, false, false, "<script>");

        assertThat(get("/").body())
                .contains("m1:11211")
                .contains("&lt;script&gt;")
                .doesNotContain("<script>");
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
    void theControlSocketAnswersStatusAndSwitchover() throws IOException {
        assertThat(ControlClient.ask(control, "status")).startsWith("ok {\"name\":\"a\"");
        assertThat(ControlClient.ask(control, "show"))
                .startsWith("ok g\tfine: b serves, a can take over\n")
                .contains("server\tm1:11211");
        assertThat(ControlClient.ask(control, "verdict")).isEqualTo("ok 0 b serves, a can take over");
        assertThat(ControlClient.ask(control, "switchover")).isEqualTo("ok b is active");
        assertThat(ControlClient.ask(control, "reboot")).startsWith("error unknown command");
    }

    @Test
    void aSwitchoverThatFailsSaysWhy() throws IOException {
        node.switchover = CompletableFuture.<String>failedFuture(new IllegalStateException("no fit peer"))
                .thenApply(text -> text);

        assertThat(ControlClient.ask(control, "switchover")).isEqualTo("error no fit peer");
    }

    @Test
    void aControlSocketWhoseFolderIsRemovedIsMadeAgain() throws IOException {
        Files.delete(control);
        Files.delete(control.getParent());

        await().atMost(Duration.ofSeconds(15)).until(() -> Files.exists(control));
        await().atMost(Duration.ofSeconds(15))
                .until(() -> control.getParent().toFile().list().length == 1);

        assertThat(ControlClient.ask(control, "status")).startsWith("ok ");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(control)))
                .isEqualTo("rw-------");
        server.close();
        assertThat(control).doesNotExist();
    }

    @Test
    void aControlSocketThatAnotherProcessReplacedIsLeftToIt() throws Exception {
        Files.delete(control);
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(control));
            // each look of ours is a connection of its own
            for (int looks = 0; looks < 2; looks++) {
                other.accept().close();
            }
            assertThat(other.isOpen()).isTrue();
        }

        await().atMost(Duration.ofSeconds(15))
                .ignoreExceptions()
                .until(() -> ControlClient.ask(control, "status").startsWith("ok "));
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
    void theControlSocketIsForItsOwnerOnlyAndGoesWithTheServer() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(control)))
                .isEqualTo("rw-------");

        server.close();

        assertThat(control).doesNotExist();
        try (var left = Files.list(control.getParent())) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aSocketLeftByAKilledProcessIsReplaced() throws IOException {
        Path stale = folder.resolve("stale.sock");
        try (var dead = ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(stale));
        }
        assertThat(stale).exists();

        try (var second = AdminServer.start(node, loopback(), stale)) {
            assertThat(second.httpAddress().getPort()).isPositive();
            assertThat(ControlClient.ask(stale, "status")).startsWith("ok ");
        }
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
    void aSocketInUseAndAFileThatIsNoneAreLeftAlone() throws IOException {
        Path file = Files.writeString(folder.resolve("precious"), "text");

        assertThatThrownBy(() -> AdminServer.start(node, loopback(), control))
                .hasMessageContaining("in use by another process");
        assertThatThrownBy(() -> AdminServer.start(node, loopback(), file)).hasMessageContaining("is no socket");
        assertThat(ControlClient.ask(control, "status")).startsWith("ok ");
        assertThat(file).hasContent("text");
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

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> ask(String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .method(method, BodyPublishers.noBody())
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    /** The whole answer to a client that then waits for the end. */
    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), server.httpAddress().getPort())) {
            socket.setSoTimeout(15_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.httpAddress().getPort() + path);
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}
