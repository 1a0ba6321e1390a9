package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.testkit.Copies;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.Wire;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client sent before a reload is carried out before what it sends after it, with real memcached. */
@ExtendWith(NoLeaks.class)
@Timeout(30)
class ReloadOrderIT {

    /** Enough that no loop is without one. */
    private static final int CLIENTS = 8;

    /** So long that a server may be silent while the test looks. */
    private static final ServerTimeouts PATIENT = new ServerTimeouts(
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofMillis(20),
            Duration.ofMillis(100));

    @ParameterizedTest
    @CsvSource({"delete k, NOT_FOUND", "get k, END", "'append k 0 0 0\r\n', NOT_STORED", "md k, NF", "mg k v, EN"})
    void aCommandDoesNotOvertakeOneThatWaitedForTheTierThatGoes(String request, String answer) throws Exception {
        try (Memcached one = Memcached.started();
                Memcached two = Memcached.started();
                Wire wire = Wire.to(one);
                RunningProxy proxy = proxy(wire.address(), List.of(two.address()));
                RawClient client = proxy.client()) {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            proxy.server().bindTo(registry);
            assertThat(client.ask("set k 0 0 1\r\na\r\n", "STORED\r\n")).isEqualTo("STORED\r\n");
            wire.cut();
            client.send("add k 0 0 1\r\nb\r\ndelete k\r\n");
            await().atMost(5, TimeUnit.SECONDS).until(() -> count(registry, ProxyMeter.COMMANDS_DELETE) == 1);

            CompletableFuture<List<String>> reload = begin(proxy, pool(wire.address(), List.of()));
            await().atMost(5, TimeUnit.SECONDS).until(() -> reload.isDone() || isHeldUp(client, registry));
            client.send(request + "\r\n");
            client.send("version\r\n");
            wire.heal();

            assertThat(client.line()).isEqualTo("NOT_STORED");
            assertThat(client.line()).isEqualTo("DELETED");
            String line = client.line();
            while (line.equals("MN")) {
                line = client.line();
            }
            assertThat(line).isEqualTo(answer);
            assertThat(client.line()).startsWith("VERSION ");
            RunningProxy.await(reload);
        }
    }

    @Test
    void aTierThatComesAndGoesWhileNobodyAsksIsNoticedByNobody() throws Exception {
        try (Memcached one = Memcached.started();
                Memcached two = Memcached.started();
                RunningProxy proxy = proxy(one.address(), List.of());
                RawClient client = proxy.client()) {
            assertThat(client.ask("set k 0 0 1\r\na\r\n", "STORED\r\n")).isEqualTo("STORED\r\n");

            RunningProxy.await(begin(proxy, pool(one.address(), List.of(two.address()))));
            assertThat(client.ask("set k 0 0 1\r\nb\r\n", "STORED\r\n")).isEqualTo("STORED\r\n");
            try (RawClient direct = two.client()) {
                assertThat(direct.ask("get k\r\n", "VALUE k 0 1\r\nb\r\n")).isEqualTo("VALUE k 0 1\r\nb\r\n");
            }
            RunningProxy.await(begin(proxy, pool(one.address(), List.of())));

            assertThat(client.ask("get k\r\n", "VALUE k 0 1\r\nb\r\nEND\r\n")).isEqualTo("VALUE k 0 1\r\nb\r\nEND\r\n");
        }
    }

    /**
     * Each client writes every key while there is one copy, and its own again when there are two. Whichever connection the
     * primary reads last ends with the first writes of other loops, unless they were over before.
     */
    @Test
    void aTierThatComesHoldsNothingThatAWriteOfAnotherLoopReplaced() throws Exception {
        List<String> keys = IntStream.range(0, CLIENTS).mapToObj(i -> "k" + i).toList();
        try (Memcached one = Memcached.started();
                Memcached two = Memcached.started();
                Wire wire = Wire.to(one);
                RunningProxy proxy = proxy(wire.address(), List.of())) {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            proxy.server().bindTo(registry);
            List<RawClient> clients = new ArrayList<>();
            wire.cut();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(proxy.client());
                for (String key : keys) {
                    clients.get(i).send("set " + key + " 0 0 1\r\n" + i + "\r\n");
                }
            }
            await().atMost(5, TimeUnit.SECONDS)
                    .until(() -> count(registry, ProxyMeter.COMMANDS_SET) == CLIENTS * CLIENTS);

            CompletableFuture<List<String>> reload = begin(proxy, pool(wire.address(), List.of(two.address())));
            await().atMost(5, TimeUnit.SECONDS).until(() -> reload.isDone() || isHeldUp(clients.get(0), registry));
            for (int i = 0; i < CLIENTS; i++) {
                clients.get(i).send("set k" + i + " 0 0 3\r\nown\r\n");
            }
            await().atMost(5, TimeUnit.SECONDS)
                    .until(() -> count(registry, ProxyMeter.COMMANDS_SET) == CLIENTS * (CLIENTS + 1)
                            || count(registry, ProxyMeter.READS_PAUSED) > 0);
            wire.heal();

            RunningProxy.await(reload);
            for (RawClient client : clients) {
                for (int stored = 0; stored <= CLIENTS; ) {
                    String line = client.line();
                    assertThat(line).isIn("STORED", "MN");
                    stored += line.equals("STORED") ? 1 : 0;
                }
                client.close();
            }
            assertThat(Copies.differences(Copies.of(one, keys), Copies.of(two, keys), keys))
                    .as("keys that differ (primary / backup)")
                    .isEmpty();
        }
    }

    private static RunningProxy proxy(ServerAddress primary, List<ServerAddress> backups) throws Exception {
        RunningProxy proxy =
                RunningProxy.start(List.of(primary), backups, ClientLimits.DEFAULT, 2, TransportChoice.AUTO);
        RunningProxy.await(begin(proxy, pool(primary, backups)));
        return proxy;
    }

    private static PoolConfig pool(ServerAddress primary, List<ServerAddress> backups) {
        return new PoolConfig(List.of(primary), backups, Distribution.MODULO, PATIENT);
    }

    private static CompletableFuture<List<String>> begin(RunningProxy proxy, PoolConfig pool) {
        ProxyConfig now = proxy.config();
        return proxy.server()
                .reload(new ProxyConfig(
                        now.listeners(), pool, now.limits(), now.policy(), now.loops(), now.transport()))
                .toCompletableFuture();
    }

    /** Asks what the proxy answers itself, and so finds out whether it still reads this client. */
    private static boolean isHeldUp(RawClient client, SimpleMeterRegistry registry) throws Exception {
        client.send("mn\r\n");
        return count(registry, ProxyMeter.READS_PAUSED) > 0;
    }

    private static double count(SimpleMeterRegistry registry, ProxyMeter meter) {
        var found = registry.get(meter.meterName());
        return (meter.value().isEmpty() ? found : found.tag(meter.label(), meter.value()))
                .functionCounter()
                .count();
    }
}
