package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Bounds, and the life of the port. */
@ExtendWith(NoLeaks.class)
@Timeout(30)
class ClientLimitsTest {

    @Test
    void theConnectionTooManyGetsMemcachedsReplyAndAClose() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> connection.send("END\r\n"));
                RunningProxy proxy = limited(server, new ClientLimits(2, 1_024, 1 << 20, 64 << 20, 128 << 20));
                RawClient first = proxy.client();
                RawClient second = proxy.client()) {
            assertThat(first.ask("get a\r\n", "END\r\n")).isEqualTo("END\r\n");
            assertThat(second.ask("get a\r\n", "END\r\n")).isEqualTo("END\r\n");
            try (RawClient third = proxy.client()) {
                assertThat(third.rest()).isEqualTo("ERROR Too many open connections\r\n");
            }
            first.close();
            await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
                try (RawClient again = proxy.client()) {
                    assertThat(again.ask("get a\r\n", "END\r\n")).isEqualTo("END\r\n");
                }
            });
        }
    }

    /** Unread bytes make a plain close a reset, and a reset takes the reply away from a client that has not read it yet. */
    @Test
    void theConnectionTooManyGetsItsReplyEvenIfItHasSentRequestsAndReadsLate() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> connection.send("END\r\n"));
                RunningProxy proxy = limited(server, new ClientLimits(1, 1_024, 1 << 20, 64 << 20, 128 << 20));
                RawClient first = proxy.client()) {
            assertThat(first.ask("get a\r\n", "END\r\n")).isEqualTo("END\r\n");
            for (int round = 0; round < 20; round++) {
                try (RawClient second = proxy.client()) {
                    second.send("get a\r\n".repeat(500)).send("get a\r\n".repeat(500));
                    // a round trip of another client: the refused one has been dealt with
                    assertThat(first.ask("get a\r\n", "END\r\n")).isEqualTo("END\r\n");

                    assertThat(second.rest()).isEqualTo("ERROR Too many open connections\r\n");
                }
            }
            assertThat(server.lines()).hasSize(21);
        }
    }

    @Test
    void aClientWithTooManyRequestsUnansweredIsReadAgainWhenTheyAre() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {
                    waitFor(release);
                    connection.send("END\r\n");
                });
                RunningProxy proxy = limited(server, new ClientLimits(10, 4, 1_000, 1 << 20, 1 << 20));
                RawClient client = proxy.client()) {
            client.send("get a\r\n".repeat(500));
            await().atMost(Duration.ofSeconds(5)).until(() -> !server.lines().isEmpty());
            release.countDown();

            assertThat(client.receive(2_500)).isEqualTo("END\r\n".repeat(500));
        }
    }

    @Test
    void aClientThatLeavesItsAnswersUnreadIsClosedAndOthersAreServed() throws Exception {
        String value = "VALUE a 0 100000\r\n" + "x".repeat(100_000) + "\r\nEND\r\n";
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> connection.send(value));
                RunningProxy proxy = limited(server, new ClientLimits(10, 1_024, 1_000, 1 << 20, 1 << 20));
                RawClient deaf = proxy.client();
                RawClient other = proxy.client()) {
            deaf.send("get a\r\n".repeat(1_000));

            await().atMost(Duration.ofSeconds(10))
                    .until(() -> proxy.server().health().clients() == 1);
            assertThat(other.ask("get a\r\n", value)).isEqualTo(value);
        }
    }

    @Test
    void aValueOverTheLimitIsSwallowedAndTheOldOneDeletedAsMemcachedDoes() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> connection.send("DELETED\r\n"));
                RunningProxy proxy = limited(server, new ClientLimits(10, 4, 1_000, 1 << 20, 1 << 20));
                RawClient client = proxy.client()) {
            client.send("set k 0 0 1001\r\n" + "x".repeat(1_001) + "\r\nadd k 0 0 1001\r\n" + "x".repeat(1_001)
                    + "\r\ndelete k\r\n");

            assertThat(client.line()).isEqualTo("SERVER_ERROR object too large for cache");
            assertThat(client.line()).isEqualTo("SERVER_ERROR object too large for cache");
            assertThat(client.line()).isEqualTo("DELETED");
            assertThat(server.lines()).containsExactly("delete k", "delete k");
        }
    }

    @Test
    void whatIsInFlightIsAnsweredBeforeTheClientsAreDropped() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {
                    waitFor(release);
                    connection.send("END\r\n");
                });
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client();
                RawClient idle = proxy.client()) {
            idle.send("version\r\n").line();
            client.send("get a\r\n");
            await().atMost(Duration.ofSeconds(5)).until(() -> !server.lines().isEmpty());

            var drained = proxy.server().drain(Duration.ofSeconds(5)).toCompletableFuture();
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> !proxy.server().health().open());
            assertThatThrownBy(proxy::client).isInstanceOf(ConnectException.class);
            release.countDown();
            drained.get(5, TimeUnit.SECONDS);
            RunningProxy.await(proxy.server().dropClients());

            assertThat(client.receive(5)).isEqualTo("END\r\n");
            assertThat(closed(client)).isTrue();
            assertThat(closed(idle)).isTrue();
        }
    }

    @Test
    void theDrainEndsWithItsGraceEvenIfAServerDoesNotAnswer() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {});
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            client.send("get a\r\n");
            await().atMost(Duration.ofSeconds(5)).until(() -> !server.lines().isEmpty());

            RunningProxy.await(proxy.server().drain(Duration.ofMillis(50)));
        }
    }

    @Test
    void aProxyClosedInTheWakeOfItsDrainDoesNotWaitForItself() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {});
                RunningProxy proxy = RunningProxy.inFrontOf(server.address())) {
            var closed = proxy.server()
                    .drain(Duration.ofMillis(50))
                    .thenRun(proxy::close)
                    .toCompletableFuture();

            closed.get(1_500, TimeUnit.MILLISECONDS);
        }
    }

    @Test
    void whatComesAfterTheCloseIsHarmless() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {});
                RunningProxy proxy = RunningProxy.inFrontOf(server.address())) {
            proxy.close();

            RunningProxy.await(proxy.server().drain(Duration.ofMillis(50)));
            RunningProxy.await(proxy.server().dropClients());
            proxy.close();
            assertThat(proxy.server().health().open()).isFalse();
        }
    }

    @Test
    void thePortCanBeOpenedAgainAfterADrain() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> connection.send("END\r\n"));
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient stayed = proxy.client()) {
            stayed.send("version\r\n").line();
            RunningProxy.await(proxy.server().drain(Duration.ofMillis(200)));
            RunningProxy.await(proxy.server().open());

            assertThat(stayed.ask("get a\r\n", "END\r\n")).isEqualTo("END\r\n");
            try (RawClient client = proxy.client()) {
                assertThat(client.ask("get a\r\n", "END\r\n")).isEqualTo("END\r\n");
            }
        }
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 5, java.net.InetAddress.getLoopbackAddress());
                ScriptedServer server = ScriptedServer.playing((line, connection) -> {});
                RunningProxy proxy = RunningProxy.inFrontOf(server.address())) {
            ProxyServer second = TestProxies.on(taken.getLocalPort(), server.address());
            try (second) {
                RunningProxy.await(second.start());
                assertThatThrownBy(() -> RunningProxy.await(second.open()))
                        .hasRootCauseInstanceOf(IOException.class)
                        .cause()
                        .isInstanceOf(BindException.class)
                        .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
                assertThat(second.health().open()).isFalse();
            }
        }
    }

    @Test
    void aLoopWhoseLeaseIsOverServesNobody() throws Exception {
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> connection.send("END\r\n"));
                RunningProxy proxy = RunningProxy.inFrontOf(server.address());
                RawClient client = proxy.client()) {
            proxy.server().lease(System.nanoTime() + TimeUnit.MINUTES.toNanos(1));
            assertThat(client.ask("get a\r\n", "END\r\n")).isEqualTo("END\r\n");

            proxy.server().lease(System.nanoTime() - 1);
            client.send("get a\r\n");

            assertThat(closed(client)).isTrue();
            assertThat(server.lines()).hasSize(1);
        }
    }

    private static boolean closed(RawClient client) throws IOException {
        return client.receive(1).equals("<closed>");
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("never released");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static RunningProxy limited(ScriptedServer server, ClientLimits limits) throws Exception {
        return RunningProxy.start(List.of(server.address()), List.of(), limits, 2, TransportChoice.AUTO);
    }
}
