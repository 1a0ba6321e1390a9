package io.mempair.proxy.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.RebalancePolicy;
import io.mempair.proxy.rebalance.RebalancePhase;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.TestTimeouts;
import io.mempair.proxy.testkit.TextClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers are added, taken away and replaced in front of real memcached: no key is missing, and none is left behind. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class RebalanceIT {

    private static final int KEYS = 5_000;

    @ParameterizedTest
    @EnumSource(
            value = Distribution.class,
            names = {"MODULO", "LIBKETAMA", "JUMP"})
    void servesEveryKeyAfterEachChange(Distribution distribution) throws Exception {
        try (Cluster cluster = Cluster.of(5, distribution).serving(0, 1, 2)) {
            cluster.fill(KEYS);
            cluster.move(0, 1, 2, 3);
            cluster.assertFilled(KEYS);
            cluster.move(3, 1);
            cluster.assertFilled(KEYS);
            cluster.move(4, 1);
            cluster.assertFilled(KEYS);

            Set<String> all = new HashSet<>();
            int count = 0;
            for (int server : new int[] {4, 1}) {
                all.addAll(cluster.keysOf(server));
                count += cluster.keysOf(server).size();
            }
            assertThat(all).hasSize(KEYS);
            assertThat(count).as("copies of all keys").isEqualTo(KEYS);
            for (int left : new int[] {0, 2, 3}) {
                assertThat(cluster.keysOf(left))
                        .as("server %s, which left", left)
                        .isEmpty();
            }
        }
    }

    @Test
    void refusesAServerThatHoldsItems() throws Exception {
        try (Cluster cluster = Cluster.of(2, Distribution.MODULO).serving(0)) {
            cluster.fill(10);
            try (RawClient direct = cluster.server(1).client()) {
                direct.ask("set foreign 0 0 1\r\nx\r\n", "STORED\r\n");
            }
            assertThatThrownBy(() -> cluster.reload(0, 1))
                    .hasMessageContaining("server " + cluster.server(1).address() + " holds items: flush it first");
            assertThat(cluster.proxy().server().rebalance()).isEmpty();
            try (RawClient direct = cluster.server(1).client()) {
                direct.ask("flush_all\r\n", "OK\r\n");
            }
            cluster.move(0, 1);
        }
    }

    @Test
    void refusesAServerThatCannotListItsKeys() throws Exception {
        try (Cluster cluster =
                new Cluster(2, Distribution.MODULO, TestTimeouts.PATIENT, "-o", "no_lru_crawler").serving(0)) {
            assertThatThrownBy(() -> cluster.reload(0, 1)).hasMessageContaining("cannot list its keys");
        }
    }

    @Test
    void refusesAServerThatIsNotThere() throws Exception {
        try (Cluster cluster = Cluster.of(2, Distribution.MODULO).serving(0)) {
            cluster.server(1).kill();
            assertThatThrownBy(() -> cluster.reload(0, 1))
                    .hasMessageContaining("server " + cluster.server(1).address() + " cannot be reached");
            cluster.fill(10);
        }
    }

    @Test
    void leavesTheServersAsTheyWereWhenItIsGivenUp() throws Exception {
        try (Cluster cluster = Cluster.of(4, Distribution.MODULO).serving(0, 1, 2)) {
            cluster.fill(KEYS);
            PoolConfig slow = cluster.pool(cluster.addresses(0, 1, 2, 3)).with(new RebalancePolicy(true, 500, true));
            cluster.reload(slow);
            cluster.awaitPhase(RebalancePhase.COPY);
            cluster.reload(0, 1, 2);
            assertThat(cluster.progress().phase()).isEqualTo(RebalancePhase.ABORTED);
            cluster.assertFilled(KEYS);
            assertThat(cluster.keysOf(3)).isEmpty();
            int count = 0;
            for (int i = 0; i < 3; i++) {
                count += cluster.keysOf(i).size();
            }
            assertThat(count).isEqualTo(KEYS);
        }
    }

    @Test
    void refusesAnotherReloadMeanwhile() throws Exception {
        try (Cluster cluster = Cluster.of(3, Distribution.MODULO).serving(0, 1)) {
            cluster.fill(KEYS);
            PoolConfig slow = cluster.pool(cluster.addresses(0, 1, 2)).with(new RebalancePolicy(true, 200, true));
            cluster.reload(slow);
            assertThatThrownBy(() -> cluster.reload(0)).hasMessageContaining("is under way");
            assertThat(cluster.proxy()
                            .server()
                            .abortRebalance()
                            .toCompletableFuture()
                            .get())
                    .isEqualTo("rebalance 1 aborted");
            cluster.move(0);
            cluster.assertFilled(KEYS);
        }
    }

    private static void assertFilled(RunningProxy proxy) throws Exception {
        try (TextClient client = TextClient.connect(proxy.port())) {
            for (int i = 0; i < KEYS; i++) {
                assertThat(client.retrieve("get key-" + i).items())
                        .as("key-%s, %s", i, proxy.server().rebalance())
                        .hasSize(1);
            }
        }
    }

    /** The process ends without a word, and the next one is started with the list that was being moved to. */
    @Test
    void missesNoKeyAfterARestartInTheMiddleOfACopy() throws Exception {
        try (Cluster cluster = Cluster.of(3, Distribution.MODULO).serving(0, 1)) {
            cluster.fill(KEYS);
            PoolConfig next = cluster.pool(cluster.addresses(0, 1, 2));
            cluster.reload(next.with(new RebalancePolicy(true, 2_000, true)));
            await().until(() -> cluster.progress().copied() > 1_000);
            String late;
            try (TextClient client = cluster.client()) {
                late = "key-"
                        + IntStream.range(0, KEYS)
                                .filter(i -> isOn(cluster, 2, "key-" + i))
                                .findFirst()
                                .orElseThrow();
                cluster.server(2).freeze();
                client.ask(TextClient.storage("set", late, 0, 0, "changed"));
            }
            cluster.proxy().close();
            cluster.server(2).thaw();
            try (RunningProxy restarted = RunningProxy.over(next)) {
                try (TextClient client = TextClient.connect(restarted.port())) {
                    assertThat(client.retrieve("get " + late).items())
                            .singleElement()
                            .satisfies(item -> assertThat(item.value()).isEqualTo("changed"));
                }
                assertFilled(restarted);
                await().atMost(60, TimeUnit.SECONDS)
                        .until(() -> restarted
                                .server()
                                .rebalance()
                                .filter(one -> one.phase() == RebalancePhase.DONE)
                                .isPresent());
                assertFilled(restarted);
                assertThat(restarted.server().leadingPool().orElseThrow().primaries())
                        .hasSize(3);
                assertThat(List.of(0, 1, 2))
                        .allSatisfy(server ->
                                assertThat(cluster.keysOf(server)).doesNotContain("mempair%3Amove", "mempair:move"));
            }
        }
    }

    private static boolean isOn(Cluster cluster, int server, String key) {
        try (RawClient direct = cluster.server(server).client()) {
            direct.send("mg " + key + "\r\n");
            return direct.receiveUntil("\r\n").startsWith("HD");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void missesNoKeyAfterARestartWithTheFormerListWhileThatIsKept() throws Exception {
        try (Cluster cluster = Cluster.of(3, Distribution.MODULO)
                .keeping(Duration.ofMinutes(10))
                .serving(0, 1)) {
            cluster.fill(KEYS);
            cluster.reload(1, 2);
            cluster.awaitPhase(RebalancePhase.KEEP);
            cluster.proxy().close();
            try (RunningProxy restarted = RunningProxy.over(cluster.pool(cluster.addresses(0, 1)))) {
                assertFilled(restarted);
            }
        }
    }
}
