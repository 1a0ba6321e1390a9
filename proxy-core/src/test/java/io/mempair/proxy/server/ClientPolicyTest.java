package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ClientNetwork;
import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.CommandSet;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who may be a client, and for how long, and what he may ask for. */
@ExtendWith(NoLeaks.class)
@Timeout(30)
class ClientPolicyTest {

    private static final Duration IDLE = Duration.ofMillis(400);

    @Test
    void aSilentClientIsClosedAndOneThatTalksIsNot() throws Exception {
        try (ScriptedServer server = ended();
                RunningProxy proxy = RunningProxy.guarded(server.address(), idleAfter(IDLE));
                RawClient talker = proxy.client();
                RawClient silent = proxy.client()) {
            assertThat(silent.ask("get a\r\n", "END\r\n")).isEqualTo("END\r\n");
            long since = System.nanoTime();
            CountDownLatch closed = new CountDownLatch(1);
            Thread reader = new Thread(() -> {
                readToTheEnd(silent);
                closed.countDown();
            });
            reader.start();

            while (!closed.await(50, TimeUnit.MILLISECONDS)) {
                assertThat(talker.ask("get a\r\n", "END\r\n")).isEqualTo("END\r\n");
            }
            assertThat(System.nanoTime() - since).isGreaterThanOrEqualTo(IDLE.toNanos());
            assertThat(talker.ask("get a\r\n", "END\r\n")).isEqualTo("END\r\n");
            assertThat(count(proxy, "mempair.proxy.clients.idle")).isEqualTo(1);
        }
    }

    @Test
    void aClientThatWaitsForAnAnswerIsNotIdle() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.playing((line, connection) -> {
                    awaitRelease(release);
                    connection.send("END\r\n");
                });
                RunningProxy proxy = RunningProxy.guarded(server.address(), idleAfter(Duration.ofMillis(100)));
                RawClient waiting = proxy.client()) {
            waiting.send("get a\r\n");
            try (RawClient witness = proxy.client()) {
                assertThat(witness.rest()).as("closed as idle").isEmpty();
            }
            release.countDown();

            assertThat(waiting.receive(5)).isEqualTo("END\r\n");
        }
    }

    @Test
    void aClientThatStopsInTheMiddleOfARequestIsClosedToo() throws Exception {
        try (ScriptedServer server = ended();
                RunningProxy proxy = RunningProxy.guarded(server.address(), idleAfter(Duration.ofMillis(100)));
                RawClient client = proxy.client()) {
            assertThat(client.send("set a 0 0 10\r\nabc").rest()).isEmpty();
        }
    }

    @Test
    void aRefusedCommandIsAnsweredAsMemcachedAnswersARefusedFlushAndItsDataIsSwallowed() throws Exception {
        ClientPolicy policy = new ClientPolicy(
                Duration.ZERO, CommandSet.of(List.of(Command.FLUSH_ALL, Command.SET, Command.GETS)), List.of(), null);
        try (ScriptedServer server = ended();
                RunningProxy proxy = RunningProxy.guarded(server.address(), policy);
                RawClient client = proxy.client()) {
            client.send(lines(
                    "flush_all",
                    "flush_all noreply",
                    "set a 0 0 9",
                    "flush_all",
                    "set a 0 0 1 noreply",
                    "1",
                    "gets a b",
                    "get a",
                    "quit"));

            assertThat(client.rest())
                    .isEqualTo(lines(
                            "CLIENT_ERROR flush_all not allowed",
                            "CLIENT_ERROR set not allowed",
                            "CLIENT_ERROR gets not allowed",
                            "END"));
            assertThat(server.lines()).containsExactly("get a");
        }
    }

    @Test
    void aRefusedCommandIsRefusedInMetaAndInBinaryToo() throws Exception {
        ClientPolicy policy = new ClientPolicy(
                Duration.ZERO, CommandSet.of(List.of(Command.FLUSH_ALL, Command.MS, Command.MD)), List.of(), null);
        try (ScriptedServer server = ended();
                RunningProxy proxy = RunningProxy.guarded(server.address(), policy);
                RawClient meta = proxy.client();
                RawClient binary = proxy.client()) {
            meta.send(lines("ms a 9", "flush_all", "md a", "get a", "quit"));
            byte[] flush = new byte[24];
            flush[0] = (byte) 0x80;
            flush[1] = 0x08;
            binary.send(flush);

            assertThat(meta.rest())
                    .isEqualTo(lines("CLIENT_ERROR ms not allowed", "CLIENT_ERROR md not allowed", "END"));
            assertThat(binary.receive(24 + 13)).startsWith("\u0081\u0008").endsWith("Auth failure.");
            assertThat(server.lines()).doesNotContain("flush_all");
        }
    }

    @Test
    void aClientOfAnotherNetworkIsClosedAtOnceAndCounted() throws Exception {
        try (ScriptedServer server = ended();
                RunningProxy proxy = RunningProxy.guarded(server.address(), from("10.0.0.0/8", "::1"))) {
            assertThat(allThatIsSaidBy(proxy)).isEmpty();

            assertThat(proxy.server().health().clients()).isZero();
            await().atMost(Duration.ofSeconds(5)).until(() -> count(proxy, "mempair.proxy.clients.not.allowed") == 1);
        }
    }

    /** A reset may come before the client knows that it was connected. */
    private static String allThatIsSaidBy(RunningProxy proxy) throws IOException {
        try (RawClient client = proxy.client()) {
            return client.rest();
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
            return "";
        }
    }

    @Test
    void aClientOfAnAllowedNetworkIsServed() throws Exception {
        try (ScriptedServer server = ended();
                RunningProxy proxy = RunningProxy.guarded(server.address(), from("10.0.0.0/8", "127.0.0.0/8"));
                RawClient client = proxy.client()) {
            assertThat(client.ask("get a\r\n", "END\r\n")).isEqualTo("END\r\n");
        }
    }

    private static String lines(String... lines) {
        return String.join("\r\n", lines) + "\r\n";
    }

    private static ClientPolicy idleAfter(Duration timeout) {
        return new ClientPolicy(timeout, CommandSet.NONE, List.of(), null);
    }

    private static ClientPolicy from(String... networks) {
        return new ClientPolicy(
                Duration.ZERO,
                CommandSet.NONE,
                List.of(networks).stream().map(ClientNetwork::parse).toList(),
                null);
    }

    private static ScriptedServer ended() throws IOException {
        return ScriptedServer.playing((line, connection) -> connection.send("END\r\n"));
    }

    private static double count(RunningProxy proxy, String meter) {
        MeterRegistry registry = new SimpleMeterRegistry();
        proxy.server().bindTo(registry);
        return registry.get(meter).functionCounter().count();
    }

    private static void readToTheEnd(RawClient client) {
        try {
            client.rest();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitRelease(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("never released");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
