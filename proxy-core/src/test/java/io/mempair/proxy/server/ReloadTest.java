package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.server.ProxyHealth.ServerStatus;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import io.mempair.proxy.testkit.TestTimeouts;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a reload does to the requests and connections of the moment. */
@ExtendWith(NoLeaks.class)
@Timeout(30)
class ReloadTest {

    private static ScriptedServer named(String name) throws Exception {
        return ScriptedServer.playing((line, connection) -> connection.send("SERVER_ERROR I am " + name + "\r\n"));
    }

    @Test
    void theNextRequestGoesToTheNewServerAndTheClientStays() throws Exception {
        try (ScriptedServer one = named("one");
                ScriptedServer two = named("two");
                RunningProxy proxy = RunningProxy.inFrontOf(one.address());
                RawClient client = proxy.client()) {
            assertThat(client.send("get k\r\n").line()).isEqualTo("SERVER_ERROR I am one");

            proxy.reload(List.of(two.address()), List.of());

            assertThat(client.send("get k\r\n").line()).isEqualTo("SERVER_ERROR I am two");
        }
    }

    @Test
    void aRequestInFlightOnAServerThatGoesIsAnswered() throws Exception {
        CountDownLatch reloaded = new CountDownLatch(1);
        try (ScriptedServer slow = ScriptedServer.playing((line, connection) -> {
                    awaitQuietly(reloaded);
                    connection.send("END\r\n");
                });
                ScriptedServer two = named("two");
                RunningProxy proxy = RunningProxy.inFrontOf(slow.address());
                RawClient client = proxy.client()) {
            client.send("get k\r\n");
            await().atMost(5, TimeUnit.SECONDS).until(() -> slow.lines().size() == 1);
            proxy.reload(
                    new PoolConfig(List.of(two.address()), List.of(), Distribution.MODULO, ServerTimeouts.DEFAULT),
                    ClientLimits.DEFAULT);
            client.send("get k\r\n");
            await().atMost(5, TimeUnit.SECONDS).until(() -> two.lines().size() == 1);
            reloaded.countDown();

            assertThat(client.line()).isEqualTo("END");
            assertThat(client.line()).isEqualTo("SERVER_ERROR I am two");
        }
    }

    @Test
    void theConnectionsOfAServerThatWentAreClosedAndNotMadeAgain() throws Exception {
        CountDownLatch hangUps = new CountDownLatch(2);
        try (ScriptedServer one = ScriptedServer.playing((line, connection) -> {}, hangUps::countDown);
                ScriptedServer two = named("two");
                RunningProxy proxy = RunningProxy.inFrontOfSilent(one.address())) {
            proxy.reload(List.of(two.address()), List.of());

            assertThat(hangUps.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(one.connections()).as("one a loop").isEqualTo(2);
        }
    }

    @Test
    void aServerThatStaysKeepsItsConnectionsInWhicheverTier() throws Exception {
        try (ScriptedServer one = named("one");
                ScriptedServer two = named("two");
                RunningProxy proxy = RunningProxy.inFrontOf(one.address(), two.address())) {
            proxy.reload(List.of(two.address()), List.of(one.address()));
            proxy.reload(List.of(one.address()), List.of(two.address()));

            assertThat(one.connections()).as("one a loop").isEqualTo(2);
            assertThat(two.connections()).as("one a loop").isEqualTo(2);
        }
    }

    @Test
    void aShorterTimeoutHoldsForTheNextRequestOnTheSameConnection() throws Exception {
        try (ScriptedServer silent = ScriptedServer.playing((line, connection) -> {});
                RunningProxy proxy = RunningProxy.start(
                        List.of(silent.address()), List.of(), ClientLimits.DEFAULT, 1, TransportChoice.AUTO)) {
            ServerTimeouts t = TestTimeouts.PATIENT;
            reloadTimeout(proxy, silent, Duration.ofMinutes(5), t);
            try (RawClient client = proxy.client()) {
                client.send("version\r\n").line();
                reloadTimeout(proxy, silent, Duration.ofMillis(100), t);

                assertThat(client.send("get k\r\n").line()).isEqualTo("SERVER_ERROR server timed out");
            }
        }
    }

    private static void reloadTimeout(RunningProxy proxy, ScriptedServer server, Duration request, ServerTimeouts t)
            throws Exception {
        proxy.reload(
                new PoolConfig(
                        List.of(server.address()),
                        List.of(),
                        Distribution.MODULO,
                        new ServerTimeouts(t.connect(), request, t.probe(), t.retryMin(), t.retryMax())),
                ClientLimits.DEFAULT);
    }

    @Test
    void newLimitsHoldForClientsThatAreThereAndForThoseToCome() throws Exception {
        try (ScriptedServer server = named("one");
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            client.send("version\r\n").line();
            proxy.reload(proxy.config().pool(), new ClientLimits(1, 4, 10, 1 << 16, 1 << 16));

            assertThat(client.send("add k 0 0 11\r\nhello world\r\n").line())
                    .isEqualTo("SERVER_ERROR object too large for cache");
            try (RawClient second = proxy.client()) {
                assertThat(second.line()).isEqualTo("ERROR Too many open connections");
            }
            assertThat(client.send("stats\r\n").receive(400)).contains("STAT max_connections 1\r\n");
        }
    }

    @Test
    void aServerThatDoesNotAnswerHoldsTheReloadUpNoLongerThanItsFirstTry() throws Exception {
        try (ScriptedServer one = named("one");
                RunningProxy proxy = RunningProxy.inFrontOf(one.address())) {
            ServerAddress nobody = new ServerAddress("127.0.0.1", RunningProxy.freePort());

            proxy.reload(List.of(one.address(), nobody), List.of());

            assertThat(proxy.server().health().servers())
                    .extracting(ServerStatus::address, ServerStatus::up)
                    .containsExactly(tuple(one.address(), true), tuple(nobody, false));
        }
    }

    @Test
    void healthAndMetersShowTheServersOfTheMoment() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (ScriptedServer one = named("one");
                ScriptedServer two = named("two");
                RunningProxy proxy = RunningProxy.inFrontOf(one.address())) {
            proxy.server().bindTo(registry);
            proxy.reload(List.of(two.address()), List.of());

            assertThat(registry.find("mempair.proxy.server.up").gauges())
                    .extracting(gauge -> gauge.getId().getTag("server"))
                    .containsExactly(two.address().toString());
            assertThat(registry.find("mempair.proxy.server.up").gauges())
                    .extracting(Gauge::value)
                    .containsExactly(1.0);
        }
    }

    @Test
    void whatARunningProxyCannotChangeIsRefusedByNameAndNothingChanges() throws Exception {
        try (ScriptedServer one = named("one");
                ScriptedServer two = named("two");
                RunningProxy proxy = RunningProxy.inFrontOf(one.address());
                RawClient client = proxy.client()) {
            ProxyConfig other = new ProxyConfig(
                    List.of(new ServerAddress("127.0.0.1", 1)),
                    new PoolConfig(List.of(two.address()), List.of(), Distribution.MODULO, TestTimeouts.PATIENT),
                    ClientLimits.DEFAULT,
                    3,
                    TransportChoice.NIO);

            assertThatThrownBy(() -> RunningProxy.await(proxy.server().reload(other)))
                    .hasRootCauseMessage("needs a restart: listeners, loops, transport");
            assertThat(client.send("get k\r\n").line()).isEqualTo("SERVER_ERROR I am one");
        }
    }

    @Test
    void twoReloadsAtOnceAreOneTooMany() throws Exception {
        try (ScriptedServer one = named("one");
                ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                RunningProxy proxy = RunningProxy.inFrontOf(one.address())) {
            // connected to by the kernel, and never heard of: trying it takes the whole timeout
            ServerAddress nobody = new ServerAddress("127.0.0.1", mute.getLocalPort());
            ProxyConfig next = new ProxyConfig(
                    proxy.config().listeners(),
                    new PoolConfig(List.of(nobody), List.of(), Distribution.MODULO, TestTimeouts.PATIENT),
                    ClientLimits.DEFAULT,
                    proxy.config().policy(),
                    2,
                    TransportChoice.AUTO);
            var first = proxy.server().reload(next);

            assertThatThrownBy(() -> RunningProxy.await(proxy.server().reload(next)))
                    .hasRootCauseMessage("another reload is under way");
            RunningProxy.await(first);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(5, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
