package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
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
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A reload that touches a backup tier waits for the requests under way, but not for ever. */
@ExtendWith(NoLeaks.class)
@Timeout(30)
class QuiescedReloadTest {

    private static final ServerTimeouts PATIENT = timeouts(Duration.ofSeconds(5));

    private final CountDownLatch released = new CountDownLatch(1);

    private static ServerTimeouts timeouts(Duration request) {
        ServerTimeouts t = TestTimeouts.PATIENT;
        return new ServerTimeouts(t.connect(), request, Duration.ofSeconds(5), t.retryMin(), t.retryMax());
    }

    /** Deletes when it is let, and stores at once. */
    private ScriptedServer slowToDelete() throws Exception {
        return ScriptedServer.playing((line, connection) -> {
            if (line.startsWith("delete ")) {
                awaitQuietly(5, TimeUnit.SECONDS);
                connection.send("DELETED\r\n");
            } else {
                connection.data(1);
                connection.send("STORED\r\n");
            }
        });
    }

    private boolean awaitQuietly(long time, TimeUnit unit) {
        try {
            return released.await(time, unit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    @Test
    void aBackupIsFilledByNobodyBeforeTheWritesThatMissItAreOver() throws Exception {
        try (ScriptedServer primary = slowToDelete();
                ScriptedServer backup = slowToDelete();
                RunningProxy proxy = inFrontOf(primary, PATIENT);
                RawClient deleting = proxy.client();
                RawClient storing = proxy.client()) {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            proxy.server().bindTo(registry);
            deleting.send("delete k\r\n");
            await().atMost(5, TimeUnit.SECONDS).until(() -> primary.lines().contains("delete k"));

            CompletableFuture<List<String>> reload = begin(proxy, primary, List.of(backup.address()), PATIENT);
            await().atMost(5, TimeUnit.SECONDS).until(() -> {
                storing.send("mn\r\n");
                return reload.isDone() || readsPaused(registry) > 0;
            });
            storing.send("set k 0 0 1\r\na\r\n");

            assertThat(reload).as("the change of the servers").isNotDone();
            assertThat(backup.lines()).isEmpty();
            released.countDown();
            RunningProxy.await(reload);
            assertThat(deleting.line()).isEqualTo("DELETED");
            String line = storing.line();
            while (line.equals("MN")) {
                line = storing.line();
            }
            assertThat(line).isEqualTo("STORED");
            assertThat(backup.lines()).containsExactly("set k 0 0 1");
        }
    }

    @Test
    void requestsThatDoNotEndLeaveTheServersAsTheyAreAndTheClientsServed() throws Exception {
        ServerTimeouts timeouts = timeouts(Duration.ofMillis(400));
        try (ScriptedServer dripping = ScriptedServer.playing((line, connection) -> {
                    if (line.equals("get long")) {
                        connection.send("VALUE long 0 1000\r\n");
                        for (int i = 0; i < 1_000; i++) {
                            awaitQuietly(20, TimeUnit.MILLISECONDS);
                            connection.send("x");
                        }
                        connection.send("\r\n");
                    }
                    connection.send("END\r\n");
                });
                ScriptedServer backup = slowToDelete();
                RunningProxy proxy = inFrontOf(dripping, timeouts);
                RawClient client = proxy.client()) {
            client.send("get long\r\n");
            assertThat(client.line()).isEqualTo("VALUE long 0 1000");

            assertThatThrownBy(() -> RunningProxy.await(begin(proxy, dripping, List.of(backup.address()), timeouts)))
                    .rootCause()
                    .hasMessageStartingWith("requests under way did not end in 2600 ms")
                    .hasMessageEndingWith("reload again when the servers answer");
            released.countDown();

            assertThat(client.line()).hasSize(1_000);
            assertThat(client.line()).isEqualTo("END");
            assertThat(client.ask("get k\r\n", "END\r\n")).isEqualTo("END\r\n");
            RunningProxy.await(begin(proxy, dripping, List.of(backup.address()), timeouts));
            assertThat(proxy.server().health().servers()).hasSize(2);
            assertThat(backup.connections()).as("one a loop, twice").isEqualTo(4);
        }
    }

    @Test
    void aReloadThatComesTooLateLeavesNoTurnBehind() throws Exception {
        ServerTimeouts timeouts = timeouts(Duration.ofMillis(400));
        try (ScriptedServer primary = ScriptedServer.playing((line, connection) -> {
                    connection.send("SERVER_ERROR ");
                    // so it is sending, and not late
                    for (int i = 0; i < 1_000 && !awaitQuietly(20, TimeUnit.MILLISECONDS); i++) {
                        connection.send("x");
                    }
                    connection.send("\r\n");
                });
                ScriptedServer backup = slowToDelete();
                RunningProxy proxy = RunningProxy.start(
                        List.of(primary.address()),
                        List.of(backup.address()),
                        ClientLimits.DEFAULT,
                        1,
                        TransportChoice.AUTO);
                RawClient client = proxy.client()) {
            RunningProxy.await(begin(proxy, primary, List.of(backup.address()), timeouts));
            client.send("delete k\r\n");
            await().atMost(5, TimeUnit.SECONDS).until(() -> primary.lines().contains("delete k"));

            assertThatThrownBy(() -> RunningProxy.await(begin(proxy, primary, List.of(), timeouts)))
                    .rootCause()
                    .hasMessageStartingWith("requests under way did not end");

            OneLoop loop = proxy.server().loops().get(0);
            int another = Stripes.of(new byte[] {'l'}, 0, 1);
            assertThat(loop.supply(() -> loop.plan().order().mustWait(another)).get(5, TimeUnit.SECONDS))
                    .as("whether a request of another key waits; %s", QuiescedReloads.describe(proxy))
                    .isFalse();
            assertThat(loop.supply(() -> loop.plan().pool().backpressure().present())
                            .get(5, TimeUnit.SECONDS))
                    .as("whether clients are not read")
                    .isFalse();
            released.countDown();
            assertThat(client.line()).startsWith("SERVER_ERROR ");
        }
    }

    private static RunningProxy inFrontOf(ScriptedServer primary, ServerTimeouts timeouts) throws Exception {
        RunningProxy proxy = RunningProxy.start(
                List.of(primary.address()), List.of(), ClientLimits.DEFAULT, 2, TransportChoice.AUTO);
        RunningProxy.await(begin(proxy, primary, List.of(), timeouts));
        return proxy;
    }

    private static CompletableFuture<List<String>> begin(
            RunningProxy proxy, ScriptedServer primary, List<ServerAddress> backups, ServerTimeouts timeouts) {
        ProxyConfig now = proxy.config();
        PoolConfig pool = new PoolConfig(List.of(primary.address()), backups, Distribution.MODULO, timeouts);
        return proxy.server()
                .reload(new ProxyConfig(
                        now.listeners(), pool, now.limits(), now.policy(), now.loops(), now.transport()))
                .toCompletableFuture();
    }

    private static double readsPaused(SimpleMeterRegistry registry) {
        return registry.get(ProxyMeter.READS_PAUSED.meterName())
                .functionCounter()
                .count();
    }
}
