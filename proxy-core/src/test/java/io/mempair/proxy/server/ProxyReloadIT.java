package io.mempair.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Reloads under load, with real memcached: no client is dropped and no request fails. */
@ExtendWith(NoLeaks.class)
@Timeout(90)
class ProxyReloadIT {

    private static final int CLIENTS = 6;
    private static final int RELOADS = 60;

    /** One client's work, until it is told to end; returns the requests it made. */
    private interface Load {
        int run(int client, RawClient connection, AtomicBoolean over) throws Exception;
    }

    private interface ReloadStep {
        void apply(int round) throws Exception;
    }

    @Test
    void serversThatComeAndGoCostNoRequest() throws Exception {
        try (Memcached one = Memcached.started();
                Memcached two = Memcached.started();
                Memcached three = Memcached.started();
                RunningProxy proxy = RunningProxy.inFrontOf(one.address(), two.address())) {
            List<List<ServerAddress>> primaries = List.of(
                    List.of(one.address()),
                    List.of(three.address(), two.address()),
                    List.of(one.address(), two.address(), three.address()),
                    List.of(two.address()));
            List<List<ServerAddress>> backups =
                    List.of(List.of(), List.of(one.address()), List.of(), List.of(three.address(), one.address()));

            underLoad(
                    proxy,
                    ProxyReloadIT::setAndGet,
                    round -> proxy.reload(primaries.get(round % 4), backups.get(round % 4)));
        }
    }

    /**
     * While the primaries stay, every answer is known to the byte, also when a backup tier comes and goes. It comes once:
     * a second time it would hold what was deleted in between, as any cache that was left out for a while.
     */
    @Test
    void limitsTimeoutsAndBackupsChangeAndEveryAnswerIsExact() throws Exception {
        try (Memcached one = Memcached.started();
                Memcached two = Memcached.started();
                Memcached spare = Memcached.started();
                RunningProxy proxy = RunningProxy.inFrontOf(one.address(), two.address())) {
            underLoad(proxy, ProxyReloadIT::playModel, round -> {
                ServerTimeouts timeouts = new ServerTimeouts(
                        Duration.ofMillis(400 + round),
                        Duration.ofMillis(2_000 + round),
                        Duration.ofMillis(round % 3 == 0 ? 50 : 500),
                        Duration.ofMillis(20),
                        Duration.ofMillis(100));
                proxy.reload(
                        new PoolConfig(
                                List.of(one.address(), two.address()),
                                round >= 20 && round < 40 ? List.of(spare.address()) : List.of(),
                                Distribution.MODULO,
                                timeouts),
                        new ClientLimits(100 + round, 1 + round % 50, 1 << 20, 64 << 20, 128 << 20));
            });
        }
    }

    private static void underLoad(RunningProxy proxy, Load load, ReloadStep change) throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        proxy.server().bindTo(registry);
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                clients.add(threads.submit(() -> {
                    try (RawClient connection = proxy.client()) {
                        return load.run(client, connection, over);
                    }
                }));
            }
            for (int round = 0; round < RELOADS; round++) {
                change.apply(round);
            }
            over.set(true);
            for (Future<Integer> client : clients) {
                assertThat(client.get(20, TimeUnit.SECONDS)).as("work done").isPositive();
            }
        } finally {
            over.set(true);
            threads.shutdownNow();
        }
        assertThat(registry.get(ProxyMeter.SERVER_ERRORS.meterName())
                        .functionCounter()
                        .count())
                .isZero();
        assertThat(registry.get(ProxyMeter.CLIENTS_DROPPED.meterName())
                        .functionCounter()
                        .count())
                .isZero();
    }

    private static int playModel(int client, RawClient connection, AtomicBoolean over) throws Exception {
        int batches = 0;
        for (; !over.get(); batches += 5) {
            ModelClient.play(connection, "c" + client + "-" + batches + "-", 1_000L * client + batches, 5);
        }
        return batches;
    }

    /** A key may be a miss, or have an older value of the same client, where a server came back; nothing else. */
    private static int setAndGet(int client, RawClient connection, AtomicBoolean over) throws Exception {
        int written = 0;
        for (; !over.get(); written++) {
            String key = "c" + client + "k" + written % 20;
            String value = key + "=" + written;
            connection.send("set " + key + " 0 0 " + value.length() + "\r\n" + value + "\r\nget " + key + " none\r\n");
            assertThat(connection.line()).isEqualTo("STORED");
            String line = connection.line();
            if (line.startsWith("VALUE ")) {
                String got = connection.line();
                assertThat(got).startsWith(key + "=");
                assertThat(Integer.parseInt(got.substring(key.length() + 1))).isLessThanOrEqualTo(written);
                line = connection.line();
            }
            assertThat(line).isEqualTo("END");
        }
        return written;
    }
}
