package io.mempair.proxy.command.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import io.mempair.proxy.testkit.Stats;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that answers {@code stats} wrongly is left out, and the others are still heard. */
@ExtendWith(NoLeaks.class)
@Timeout(30)
class StatsOfBadServersTest {

    private static final String GOOD = "STAT bytes 10\r\nSTAT cmd_get 3\r\nEND\r\n";

    @ParameterizedTest
    @CsvSource({
        "ERROR, 'ERROR\r\n'",
        "garbage, 'HELLO\r\n'",
        "a value, 'VALUE bytes 0 2\r\n10\r\nEND\r\n'",
        "a stat without name, 'STAT \r\nEND\r\n'",
        "half an answer, 'STAT bytes 5\r\nSTAT cmd'",
        "nothing, ''",
        "a bare line feed, 'STAT bytes 5\nEND\r\n'",
    })
    void aWrongAnswerIsLeftOut(String what, String answer) throws Exception {
        try (ScriptedServer good = ScriptedServer.playing((line, connection) -> connection.send(GOOD));
                ScriptedServer bad = ScriptedServer.playing((line, connection) -> connection.send(answer));
                RunningProxy proxy = RunningProxy.inFrontOfSilent(good.address(), bad.address());
                RawClient client = proxy.client()) {
            Map<String, String> stats = Stats.of(client, "stats");

            assertThat(stats)
                    .as(what)
                    .containsEntry("bytes", "10")
                    .containsEntry("cmd_get", "3")
                    .containsEntry("proxy_servers_counted", "1");
        }
    }

    @Test
    void aListWithoutEndIsCutOffAndItsConnectionClosed() throws Exception {
        try (ScriptedServer good = ScriptedServer.playing((line, connection) -> connection.send(GOOD));
                ScriptedServer endless = ScriptedServer.playing((line, connection) -> {
                    String lines = ("STAT bytes " + "1".repeat(2_000) + "\r\n").repeat(20);
                    while (true) {
                        connection.send(lines);
                    }
                });
                RunningProxy proxy = RunningProxy.inFrontOf(good.address(), endless.address());
                RawClient client = proxy.client()) {
            assertThat(Stats.of(client, "stats"))
                    .containsEntry("bytes", "10")
                    .containsEntry("proxy_servers_counted", "1");
            assertThat(Stats.of(client, "stats servers").get(endless.address() + ":last_failure"))
                    .isEqualTo("more stats than are believed");
        }
    }

    @Test
    void howeverManyQuestionsAreAskedAtOnceAllAreAnswered() throws Exception {
        try (ScriptedServer silent = ScriptedServer.playing((line, connection) -> {});
                RunningProxy proxy = RunningProxy.inFrontOfSilent(silent.address());
                RawClient client = proxy.client()) {
            client.send("stats items\r\n".repeat(1_000) + "version\r\nquit\r\n");

            assertThat(client.rest()).matches("(END\r\n){1000}VERSION .*\r\n");
        }
    }

    /** Each is asked after the requests before it, and before those behind it. */
    @Test
    void questionsThatWaitTogetherShareAnAnswerAndNoneIsOlderThanItsQuestion() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.playing((line, connection) ->
                        connection.send("STAT asked " + asked.incrementAndGet() + "\r\nEND\r\n"));
                RunningProxy proxy = RunningProxy.start(
                        List.of(server.address()), List.of(), ClientLimits.DEFAULT, 1, TransportChoice.AUTO);
                RawClient client = proxy.client();
                RawClient later = proxy.client()) {
            client.send("stats items\r\n".repeat(600));
            int last = 0;
            for (int i = 0; i < 600; i++) {
                int number = Integer.parseInt(client.line().substring("STAT asked ".length()));
                assertThat(number).isGreaterThanOrEqualTo(last);
                assertThat(client.line()).isEqualTo("END");
                last = number;
            }
            int before = asked.get();
            assertThat(before).isLessThan(600);
            assertThat(later.send("stats items\r\n").line()).isEqualTo("STAT asked " + (before + 1));
        }
    }

    /** Debian's collectd reads 4,095 bytes of an answer and shows nothing of a longer one. */
    @Test
    void theGeneralListHasRoomForAllThatMemcachedSaysInCollectdsBuffer() throws Exception {
        String longest = StatsOfMemcached.withExtstore();
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> connection.send(longest));
                ScriptedServer other = ScriptedServer.playing((line, connection) -> connection.send(longest));
                RunningProxy proxy = RunningProxy.inFrontOf(server.address(), other.address());
                RawClient client = proxy.client()) {
            client.send("stats\r\nquit\r\n");
            String answer = client.rest();

            assertThat(answer)
                    .contains("STAT extstore_io_queue ", "STAT proxy_servers_counted 2\r\n")
                    .doesNotContain("proxy_backend_total")
                    .endsWith("END\r\n");
            assertThat(answer.length()).isLessThan(4_096);
        }
    }

    @Test
    void aProxyBehindTheProxyHasNoNameTwice() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> connection.send(
                        "STAT cmd_get 3\r\nSTAT proxy_servers 7\r\nSTAT proxy_servers_counted 7\r\nEND\r\n"));
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            assertThat(Stats.of(client, "stats"))
                    .containsEntry("cmd_get", "3")
                    .containsEntry("proxy_servers", "1")
                    .containsEntry("proxy_servers_counted", "1");
        }
    }

    @Test
    void linesThatComeOneByOneAreHeardToTheEnd() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {
                    for (int i = 0; i < GOOD.length(); i++) {
                        connection.send(GOOD.substring(i, i + 1));
                    }
                });
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            assertThat(Stats.of(client, "stats")).containsEntry("bytes", "10").containsEntry("cmd_get", "3");
        }
    }

    @Test
    void aValueWithSpacesOrNoneIsPassedOnAsItIs() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing(
                        (line, connection) -> connection.send("STAT ssl_ciphers A B  C\r\nSTAT empty \r\nEND\r\n"));
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            client.send("stats\r\n");
            String line = client.line();
            while (!line.startsWith("STAT ssl_ciphers")) {
                line = client.line();
            }
            assertThat(line).isEqualTo("STAT ssl_ciphers A B  C");
            assertThat(client.line()).isEqualTo("STAT empty ");
        }
    }

    @Test
    void aQuestionThatNoServerKnowsIsAnsweredWithAnEmptyListOrOneErrorLine() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> connection.send("ERROR\r\n"));
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            assertThat(client.send("stats items\r\n").line()).isEqualTo("END");
            assertThat(client.send("stats reset\r\n").line()).isEqualTo("SERVER_ERROR not every server was reset");
        }
    }
}
