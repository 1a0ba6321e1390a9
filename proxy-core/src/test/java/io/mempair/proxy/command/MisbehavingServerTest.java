package io.mempair.proxy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.server.ProxyHealth;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that answers wrongly harms the requests in flight to it, and nobody else. */
@ExtendWith(NoLeaks.class)
@Timeout(30)
class MisbehavingServerTest {

    private static final String GOOD = "VALUE good 0 2\r\nok\r\nEND\r\n";

    @ParameterizedTest
    @CsvSource({
        "'HELLO\r\n'",
        "'VALUE other 0 2\r\nno\r\nEND\r\n'",
        "'VALUE bad 0 2\r\nno\r\nVALUE bad 0 2\r\nno\r\nEND\r\n'",
        "'STORED\r\n'",
        "'VALUE bad 0 99999999999\r\n'",
        "'\n'",
    })
    void aWrongAnswerEndsTheConnectionAndTheNextRequestIsServedOnANewOne(String wrong) throws Exception {
        try (ScriptedServer server = ScriptedServer.playing(
                        (line, connection) -> connection.send(line.equals("get good") ? GOOD : wrong));
                RunningProxy proxy = RunningProxy.inFrontOf(server.address())) {
            int before = server.connections();
            try (RawClient client = proxy.client()) {
                String answer = client.send("get bad\r\n").receive(12);
                // a value that broke off half-way closes the client; otherwise it hears an error
                assertThat(answer).matches("(?s)SERVER_ERROR|VALUE bad 0 .*|<closed>");
            }
            Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> server.connections() > before);
            eventuallyServed(proxy);
        }
    }

    @Test
    void bytesAfterAnAnswerNeverReachTheNextRequest() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) ->
                        connection.send(line.equals("get good") ? GOOD : "END\r\nVALUE good 0 4\r\nEVIL\r\nEND\r\n"));
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            assertThat(client.ask("get bad\r\n", "END\r\n")).isEqualTo("END\r\n");
            for (int i = 0; i < 20; i++) {
                client.send("get good\r\n");
                assertThat(client.line()).isNotEqualTo("VALUE good 0 4").doesNotContain("EVIL");
                while (!client.send("version\r\n").line().startsWith("VERSION")) {
                    // reads the rest of whatever the answer was
                }
            }
        }
    }

    @Test
    void aServerThatFallsSilentTimesOutAndTheClientHears() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {});
                RunningProxy proxy = RunningProxy.inFrontOfSilent(server.address());
                RawClient client = proxy.client()) {
            assertThat(client.send("get a\r\n").line()).isEqualTo("SERVER_ERROR server timed out");
            assertThat(client.send("version\r\n").line()).isEqualTo("VERSION 1.6.18");
        }
    }

    @Test
    void aServerThatClosesInTheMiddleOfAValueClosesTheClientRatherThanLie() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {
                    connection.send("VALUE a 0 10\r\nhalf");
                    connection.close();
                });
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            assertThat(client.send("get a\r\n").receive(10_000)).matches("(?s)(VALUE a 0 10\r\nhalf)?<closed>");
        }
    }

    @Test
    void anAnswerInCrumbsIsWhole() throws Exception {
        String answer = "VALUE a 0 12\r\nhello\r\nworld\r\nEND\r\n";
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {
                    for (int i = 0; i < answer.length(); i++) {
                        connection.send(answer.substring(i, i + 1));
                    }
                });
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            assertThat(client.ask("get a\r\n", answer)).isEqualTo(answer);
        }
    }

    @Test
    void aRefusedStorageLineEndsTheConnectionBecauseItsDataMayHaveRunAsCommands() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {
                    if (line.startsWith("set")) {
                        connection.send("CLIENT_ERROR bad command line format\r\nERROR\r\n");
                    } else {
                        connection.send(line.equals("get good") ? GOOD : "ERROR\r\n");
                    }
                });
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            assertThat(client.send("set a 0 0 2\r\nhi\r\n").line()).isEqualTo("CLIENT_ERROR bad command line format");
            eventuallyServed(proxy);
        }
    }

    @Test
    void aProcessThatOnlyAcceptsIsNotTakenForAServer() throws Exception {
        try (ServerSocket deaf = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                RunningProxy proxy = RunningProxy.inFrontOfSilent(new ServerAddress("127.0.0.1", deaf.getLocalPort()));
                RawClient client = proxy.client()) {
            assertThat(client.send("get a\r\n").line()).isEqualTo("SERVER_ERROR server unavailable");
            assertThat(proxy.server().health().servers()).noneMatch(ProxyHealth.ServerStatus::up);
        }
    }

    @Test
    void anAnswerLongInComingHoldsUpOnlyTheClientWhoAsked() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedServer slow = ScriptedServer.playing((line, connection) -> {
                    await(release);
                    connection.send("END\r\n");
                });
                ScriptedServer fast = ScriptedServer.playing((line, connection) -> connection.send("END\r\n"));
                RunningProxy proxy = RunningProxy.inFrontOf(slow.address(), fast.address());
                RawClient first = proxy.client();
                RawClient second = proxy.client()) {
            first.send("get " + keysOf(0).get(0) + "\r\nget " + keysOf(1).get(0) + "\r\n");
            assertThat(second.ask("get " + keysOf(1).get(0) + "\r\n", "END\r\n"))
                    .isEqualTo("END\r\n");
            release.countDown();
            assertThat(first.receive(10)).isEqualTo("END\r\nEND\r\n");
        }
    }

    @Test
    void theNoreplyOfAClientIsNotPassedOnAndItsFailureIsNotTold() throws Exception {
        AtomicInteger stored = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {
                    if (line.startsWith("set")) {
                        connection.data(2);
                        stored.incrementAndGet();
                        connection.send("SERVER_ERROR out of memory storing object\r\n");
                    } else {
                        connection.send(GOOD);
                    }
                });
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            client.send("set a 0 0 2 noreply\r\nhi\r\nget good\r\n");

            assertThat(client.receive(GOOD.length())).isEqualTo(GOOD);
            assertThat(server.lines()).containsExactly("set a 0 0 2", "get good");
            assertThat(stored).hasValue(1);
        }
    }

    @Test
    void whatAServerDidNotFinishIsReadFromTheBackupAndTheOrderStays() throws Exception {
        String first = keysOf(0).get(0);
        List<String> second = keysOf(1).subList(0, 3);
        CountDownLatch backupAsked = new CountDownLatch(1);
        try (ScriptedServer slow = ScriptedServer.playing((line, connection) -> {
                    await(backupAsked);
                    connection.send(value(first, "slow") + "END\r\n");
                });
                ScriptedServer breaking = ScriptedServer.playing((line, connection) -> {
                    connection.send(value(second.get(0), "early") + "VALUE " + second.get(1) + " 0 6\r\nhal");
                    connection.close();
                });
                ScriptedServer backup = ScriptedServer.playing((line, connection) -> {
                    connection.send(value(second.get(1), "backup") + "END\r\n");
                    backupAsked.countDown();
                });
                RunningProxy proxy = RunningProxy.withBackups(
                        List.of(slow.address(), breaking.address()), List.of(backup.address()));
                RawClient client = proxy.client()) {
            String expected =
                    value(first, "slow") + value(second.get(0), "early") + value(second.get(1), "backup") + "END\r\n";

            String answer = client.ask("get " + first + " " + String.join(" ", second) + "\r\n", expected);

            assertThat(answer).isEqualTo(expected);
            assertThat(backup.lines()).containsExactly("get " + second.get(1) + " " + second.get(2));
        }
    }

    @Test
    void aReadWhoseAnswerWasLostIsAskedOfTheBackupAndAWriteIsNot() throws Exception {
        try (ScriptedServer silent = ScriptedServer.playing((line, connection) -> {
                    if (line.startsWith("incr") || line.startsWith("get")) {
                        connection.close();
                    }
                });
                ScriptedServer backup = ScriptedServer.playing((line, connection) ->
                        connection.send(line.startsWith("get") ? value("a", "backup") + "END\r\n" : "5\r\n"));
                RunningProxy proxy = RunningProxy.withBackups(List.of(silent.address()), List.of(backup.address()));
                RawClient client = proxy.client()) {
            String expected = value("a", "backup") + "END\r\n";
            assertThat(client.ask("get a\r\n", expected)).isEqualTo(expected);
            Awaitility.await()
                    .until(() -> proxy.server().health().servers().get(0).up());

            assertThat(client.send("incr a 1\r\n").line()).isEqualTo("SERVER_ERROR server connection lost");
            assertThat(backup.lines()).containsExactly("get a");
        }
    }

    private static String value(String key, String data) {
        return "VALUE " + key + " 0 " + data.length() + "\r\n" + data + "\r\n";
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("never released");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Keys of one letter that magent's hash puts on this one of two servers. */
    private static List<String> keysOf(int server) {
        return IntStream.rangeClosed('a', 'z')
                .filter(letter -> ((5_381 * 33 + letter) & 0x7FFF_FFFF) % 2 == server)
                .mapToObj(Character::toString)
                .toList();
    }

    private static void eventuallyServed(RunningProxy proxy) {
        Awaitility.await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            try (RawClient client = proxy.client()) {
                assertThat(client.ask("get good\r\n", GOOD)).isEqualTo(GOOD);
            }
        });
    }
}
