package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.server.ProxyHealth.ServerTier;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(NoLeaks.class)
class CountedLatenciesTest {

    /** A server that has nothing and takes everything. */
    private static ScriptedServer empty() throws IOException {
        return ScriptedServer.playing((line, connection) -> {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "get", "gets", "gat", "gats" -> connection.send("END\r\n");
                case "set", "add" -> {
                    connection.data(Integer.parseInt(words[4]));
                    connection.send("STORED\r\n");
                }
                case "ms" -> {
                    connection.data(Integer.parseInt(words[2]));
                    connection.send("HD\r\n");
                }
                case "mg", "me" -> connection.send("EN\r\n");
                case "md", "ma" -> connection.send("NF\r\n");
                case "flush_all" -> connection.send("OK\r\n");
                case "stats" -> connection.send("END\r\n");
                default -> connection.send("NOT_FOUND\r\n");
            }
        });
    }

    private static Map<String, Long> counts(ProxyServer proxy) {
        return proxy.latencies().stream()
                .collect(Collectors.toMap(
                        latency -> latency.server() + " " + latency.tier() + " " + latency.command(),
                        latency -> latency.histogram().counts().stream()
                                .mapToLong(Long::longValue)
                                .sum()));
    }

    private static Map<TimedCommand, Long> requests(ProxyServer proxy) {
        return proxy.totals().requests().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        request -> request.getValue().counts().stream()
                                .mapToLong(Long::longValue)
                                .sum()));
    }

    private static String name(ScriptedServer server, ServerTier tier, TimedCommand command) {
        return server.address() + " " + tier + " " + command;
    }

    /** {@code |} is a line end. */
    @ParameterizedTest
    @CsvSource({
        "get a,                GET,        END",
        "gets a,               GET,        END",
        "get a b c,            GET,        END",
        "gat 10 a,             TOUCH,      END",
        "gat 10 a b,           TOUCH,      END",
        "touch a 10,           TOUCH,      NOT_FOUND",
        "delete a,             DELETE,     NOT_FOUND",
        "incr a 1,             ARITHMETIC, NOT_FOUND",
        "set a 0 0 1|x,     SET,        STORED",
        "add a 0 0 1|x,     SET,        STORED",
        "mg a v,               GET,        EN",
        "ms a 1|x,          SET,        HD",
        "md a,                 DELETE,     NF",
        "ma a,                 ARITHMETIC, NF",
        "me a,                 OTHER,      EN",
        "flush_all,            OTHER,      OK"
    })
    void eachRequestIsCountedAsWhatItIs(String request, TimedCommand command, String answer) throws Exception {
        try (ScriptedServer server = empty();
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            assertThat(client.send(request.replace("|", "\r\n") + "\r\n").line())
                    .isEqualTo(answer);

            assertThat(counts(proxy.server())).isEqualTo(Map.of(name(server, ServerTier.PRIMARY, command), 1L));
            assertThat(requests(proxy.server())).isEqualTo(Map.of(command, 1L));
        }
    }

    @Test
    void aRequestThatWaitsForAnEarlierAnswerOfItsClientIsTimedUntilItLeaves() throws Exception {
        CompletableFuture<Void> slowMayAnswer = new CompletableFuture<>();
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {
                    if (line.startsWith("get slow")) {
                        slowMayAnswer.join();
                    }
                    connection.send("END\r\n");
                });
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client();
                RawClient other = proxy.client()) {
            client.send("get slow\r\nmn\r\nstats\r\n");
            other.send("version\r\n");
            assertThat(other.line()).startsWith("VERSION");
            assertThat(requests(proxy.server())).isEmpty();

            slowMayAnswer.complete(null);
            assertThat(client.line()).isEqualTo("END");
            while (!client.line().equals("END")) {
                // the proxy's own numbers
            }

            assertThat(requests(proxy.server())).isEqualTo(Map.of(TimedCommand.GET, 1L, TimedCommand.OTHER, 1L));
        }
    }

    @Test
    void theBytesOfClientsAreCountedInBothDirections() throws Exception {
        try (ScriptedServer server = empty();
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            client.send("set a 0 0 3\r\nabc\r\nget a\r\n");
            assertThat(client.line()).isEqualTo("STORED");
            assertThat(client.line()).isEqualTo("END");

            ProxyTotals totals = proxy.server().totals();
            assertThat(totals.of(ProxyMeter.CLIENT_BYTES_IN)).isEqualTo("set a 0 0 3||abc||get a||".length());
            assertThat(totals.of(ProxyMeter.CLIENT_BYTES_OUT)).isEqualTo("STORED||END||".length());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "get a,             END,       GET,        1, GET,  0",
        "mg a v,            EN,        GET,        1, GET,  0",
        "gat 10 a,          END,       TOUCH,      1, GET,  0",
        "gat 10 a b,        END,       TOUCH,      2, GET,  0",
        "set a 0 0 1|x,  STORED,    SET,        1, SET,  1",
        "add a 0 0 1|x,  STORED,    SET,        1, SET,  1",
        "ms a 1|x,       HD,        SET,        1, SET,  1",
        "delete a,          NOT_FOUND, DELETE,     1, DELETE, 1",
        "incr a 1,          NOT_FOUND, ARITHMETIC, 1, GET,  0",
    })
    void ofTwoCopiesEachServerIsCountedThatIsAsked(
            String request, String answer, TimedCommand first, long firstCount, TimedCommand second, long secondCount)
            throws Exception {
        try (ScriptedServer primary = empty();
                ScriptedServer backup = empty();
                RunningProxy proxy = RunningProxy.withBackups(List.of(primary.address()), List.of(backup.address()));
                RawClient client = proxy.client()) {
            assertThat(client.send(request.replace("|", "\r\n") + "\r\n").line())
                    .isEqualTo(answer);

            assertThat(counts(proxy.server()).getOrDefault(name(primary, ServerTier.PRIMARY, first), 0L))
                    .isEqualTo(firstCount);
            assertThat(counts(proxy.server()).getOrDefault(name(backup, ServerTier.BACKUP, second), 0L))
                    .isEqualTo(secondCount);
        }
    }

    @Test
    void statsAreNotCounted() throws Exception {
        try (ScriptedServer server = empty();
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            client.send("stats\r\nversion\r\nget a\r\n");
            while (!client.line().startsWith("VERSION")) {
                // the proxy's own numbers
            }
            assertThat(client.line()).isEqualTo("END");

            assertThat(counts(proxy.server())).containsOnlyKeys(name(server, ServerTier.PRIMARY, TimedCommand.GET));
        }
    }

    @Test
    void aServerThatStaysKeepsItsCountsAndOneThatGoesTakesThemAlong() throws Exception {
        try (ScriptedServer stays = empty();
                ScriptedServer goes = empty();
                RunningProxy proxy = RunningProxy.inFrontOf(stays.address());
                RawClient client = proxy.client()) {
            assertThat(client.send("flush_all\r\n").line()).isEqualTo("OK");
            proxy.reload(List.of(goes.address(), stays.address()), List.of());
            assertThat(client.send("flush_all\r\n").line()).isEqualTo("OK");

            assertThat(counts(proxy.server()))
                    .isEqualTo(Map.of(
                            name(stays, ServerTier.PRIMARY, TimedCommand.OTHER), 2L,
                            name(goes, ServerTier.PRIMARY, TimedCommand.OTHER), 1L));

            proxy.reload(List.of(stays.address()), List.of());

            assertThat(counts(proxy.server()))
                    .isEqualTo(Map.of(name(stays, ServerTier.PRIMARY, TimedCommand.OTHER), 2L));
        }
    }

    @Test
    void switchedOffNothingIsCountedAndSwitchingTakesARestart() throws Exception {
        int port = RunningProxy.freePort();
        try (ScriptedServer server = empty();
                ProxyServer proxy = new ProxyServer(config(port, server.address(), false))) {
            RunningProxy.await(proxy.start());
            RunningProxy.await(proxy.open());
            try (RawClient client = RawClient.connect(port)) {
                assertThat(client.send("get a\r\n").line()).isEqualTo("END");
            }

            assertThat(proxy.latencies()).isEmpty();
            CompletableFuture<List<String>> reload =
                    proxy.reload(config(port, server.address(), true)).toCompletableFuture();
            assertThatThrownBy(reload::join).hasMessageContaining("needs a restart: latencies");
        }
    }

    private static ProxyConfig config(int port, ServerAddress server, boolean latencies) {
        ProxyConfig on = TestProxies.config(port, server);
        return new ProxyConfig(
                on.listeners(), on.pool(), on.limits(), on.policy(), on.loops(), on.transport(), latencies);
    }
}
