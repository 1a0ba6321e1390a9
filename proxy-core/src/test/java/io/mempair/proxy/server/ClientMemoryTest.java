package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.MemoryPlan;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.replication.Stripes;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import io.mempair.proxy.testkit.TestTimeouts;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients make the proxy hold has a bound for one and for all. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class ClientMemoryTest {

    private static final int MB = 1 << 20;

    /** However long a busy machine takes for a hundred megabytes, no server is given up for it. */
    private static final Duration PATIENCE = Duration.ofSeconds(50);

    private static final ServerTimeouts PATIENT_TIMEOUTS = TestTimeouts.requests(Duration.ofSeconds(40));

    private static final String LARGE = "VALUE k 0 1000000\r\n" + "x".repeat(1_000_000) + "\r\n";

    private static ScriptedServer server() throws Exception {
        return ScriptedServer.playing((line, connection) -> {
            if (line.startsWith("set ")) {
                connection.data(600_000);
                connection.send("STORED\r\n");
                return;
            }
            if (line.startsWith("delete ")) {
                connection.send("DELETED\r\n");
                return;
            }
            StringBuilder answer = new StringBuilder();
            for (String key : line.substring(4).split(" ")) {
                answer.append(key.equals("k") ? LARGE : "");
            }
            connection.send(answer.append("END\r\n").toString());
        });
    }

    private static ProxyServer proxy(
            int port, ScriptedServer server, int loops, TransportChoice transport, long unreadBytes, long directBytes)
            throws Exception {
        PoolConfig pool = new PoolConfig(List.of(server.address()), List.of(), Distribution.MODULO, PATIENT_TIMEOUTS);
        ProxyConfig config = new ProxyConfig(
                List.of(new ServerAddress("127.0.0.1", port)),
                pool,
                new ClientLimits(1_000, 1_024, ClientLimits.LEARNED, unreadBytes, MB),
                loops,
                transport);
        Parts parts = new Parts(Stripes::new, ByteBufAllocator.DEFAULT, new MemoryPlan(directBytes, 192L * MB));
        ProxyServer proxy = new ProxyServer(config, level -> {}, ProxyServer.anyNumber(), "test", parts);
        RunningProxy.await(proxy.start());
        RunningProxy.await(proxy.open());
        return proxy;
    }

    /** One line of a client asks for more than one may leave unread; the answer never ends while it is not read. */
    @ParameterizedTest
    @EnumSource(TransportChoice.class)
    void aClientIsClosedInTheMiddleOfAnAnswerThatIsTooMuchForIt(TransportChoice transport) throws Exception {
        int port = RunningProxy.freePort();
        try (ScriptedServer server = server();
                ProxyServer proxy = proxy(port, server, 1, transport, 8 * MB, 512L * MB);
                RawClient other = connect(port);
                RawClient deaf = connect(port)) {
            deaf.send("get" + " k".repeat(60) + "\r\n");

            await().atMost(PATIENCE).until(() -> closedAsUnread(proxy) == 1);
            assertThat(other.ask("get a\r\n", "END\r\n")).isEqualTo("END\r\n");
            assertThat(proxy.health().clients()).isEqualTo(1);
        }
    }

    /** A long line is asked for piece by piece as its client reads, and its answer has every key in the order asked. */
    @ParameterizedTest
    @EnumSource(TransportChoice.class)
    void aSlowReaderOfALongMultiGetGetsAllOfItAndIsNeverTooMuch(TransportChoice transport) throws Exception {
        int port = RunningProxy.freePort();
        try (ScriptedServer server = server();
                ProxyServer proxy = proxy(port, server, 1, transport, 64L * MB, 512L * MB);
                RawClient slow = connect(port);
                RawClient after = connect(port)) {
            slow.send("get" + " k miss".repeat(100) + "\r\nget miss\r\n");

            for (int i = 0; i < 100; i++) {
                assertThat(slow.receive(LARGE.length()))
                        .as(() -> proxy.health().memory().toString())
                        .isEqualTo(LARGE);
            }
            assertThat(slow.receive(10)).isEqualTo("END\r\nEND\r\n");
            assertThat(server.lines()).hasSizeGreaterThan(5);
            assertThat(after.ask("get a\r\n", "END\r\n")).isEqualTo("END\r\n");
        }
    }

    @Test
    void aClientThatEndsItsInputBehindALongMultiGetGetsAllOfItAndIsClosed() throws Exception {
        int port = RunningProxy.freePort();
        try (ScriptedServer server = server();
                ProxyServer proxy = proxy(port, server, 1, TransportChoice.AUTO, 64L * MB, 512L * MB);
                RawClient client = connect(port)) {
            client.send("get" + " k".repeat(70) + "\r\n").shutdownOutput();

            for (int i = 0; i < 70; i++) {
                assertThat(client.receive(LARGE.length()))
                        .as(() -> proxy.health().memory().toString())
                        .isEqualTo(LARGE);
            }
            assertThat(client.rest()).isEqualTo("END\r\n");
        }
    }

    /** None of them is too much by itself. */
    @ParameterizedTest
    @EnumSource(TransportChoice.class)
    void ofManyWhoLeaveMuchUnreadTheGreediestGoAndOthersAreServed(TransportChoice transport) throws Exception {
        int port = RunningProxy.freePort();
        List<RawClient> deaf = new ArrayList<>();
        try (ScriptedServer server = server();
                ProxyServer proxy = proxy(port, server, 2, transport, 64L * MB, 80L * MB);
                RawClient other = connect(port)) {
            for (int i = 0; i < 8; i++) {
                deaf.add(connect(port));
                deaf.get(i).send("get" + " k".repeat(12) + "\r\n");
            }

            await().atMost(PATIENCE).until(() -> closedAsGreediest(proxy) >= 3);
            assertThat(other.ask("get a\r\n", "END\r\n")).isEqualTo("END\r\n");
            assertThat(closedAsUnread(proxy)).isZero();
        } finally {
            for (RawClient client : deaf) {
                client.close();
            }
        }
    }

    /** Half a value each, and no more of it: the next one would be refused for want of room. */
    @Test
    void valuesThatDoNotComeGiveRoomToThoseThatDo() throws Exception {
        int port = RunningProxy.freePort();
        List<RawClient> stalled = new ArrayList<>();
        String value = "x".repeat(600_000);
        try (ScriptedServer server = server();
                ProxyServer proxy = proxy(port, server, 1, TransportChoice.AUTO, 8 * MB, 512L * MB);
                RawClient other = connect(port)) {
            stalled.add(connect(port));
            stalled.get(0).send("set k 0 0 600000\r\n" + value.substring(1));
            await().atMost(PATIENCE).until(() -> proxy.health().memory().heldBytes() > 600_000);

            await().atMost(PATIENCE).untilAsserted(() -> {
                other.send("set k 0 0 600000\r\n" + value + "\r\n");
                assertThat(other.line()).isEqualTo("STORED");
            });
            assertThat(count(proxy, ProxyMeter.CLIENTS_STALLED)).isEqualTo(1);
        } finally {
            for (RawClient client : stalled) {
                client.close();
            }
        }
    }

    private static RawClient connect(int port) throws IOException {
        return RawClient.connect(port).patient(PATIENCE);
    }

    private static long closedAsUnread(ProxyServer proxy) {
        return count(proxy, ProxyMeter.CLIENTS_UNREAD);
    }

    private static long closedAsGreediest(ProxyServer proxy) {
        return count(proxy, ProxyMeter.CLIENTS_GREEDIEST);
    }

    private static long count(ProxyServer proxy, ProxyMeter meter) {
        return proxy.loops().stream()
                .mapToLong(loop -> loop.context().counters().value(meter))
                .sum();
    }

    /** More keys than a new client may wait for: all that were asked for failed before anything could come. */
    @Test
    void aLongMultiGetOfAServerThatIsDownIsAnswered() throws Exception {
        try (RunningProxy proxy = RunningProxy.inFrontOf(new ServerAddress("127.0.0.1", RunningProxy.freePort()));
                RawClient client = proxy.client()) {
            client.send("get" + " k".repeat(1_000) + "\r\nversion\r\n");

            assertThat(client.line()).startsWith("SERVER_ERROR ");
            assertThat(client.line()).startsWith("VERSION ");
        }
    }

    @Test
    void aClientThatReadsEverythingIsNeverTooMuch() throws Exception {
        int port = RunningProxy.freePort();
        try (ScriptedServer server = server();
                ProxyServer proxy = proxy(port, server, 1, TransportChoice.AUTO, 1 << 16, 128L * MB);
                RawClient client = connect(port)) {
            for (int i = 0; i < 3_000; i++) {
                assertThat(client.ask("get other\r\n", "END\r\n"))
                        .as("get %d", i)
                        .isEqualTo("END\r\n");
            }
        }
    }

    @Test
    void aLineThatIsLongerThanAClientMayHoldIsAnswered() throws Exception {
        int port = RunningProxy.freePort();
        try (ScriptedServer server = server();
                ProxyServer proxy = proxy(port, server, 1, TransportChoice.AUTO, 1 << 16, 128L * MB);
                RawClient client = connect(port)) {
            String line = "get" + " other".repeat(8_000);
            client.send(line.substring(0, line.length() / 2));
            client.send(line.substring(line.length() / 2) + "\r\n");

            assertThat(client.line()).isEqualTo("END");
        }
    }
}
