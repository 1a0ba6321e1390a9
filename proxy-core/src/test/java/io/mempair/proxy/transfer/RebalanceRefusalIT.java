package io.mempair.proxy.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.RebalancePolicy;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.rebalance.RebalancePhase;
import io.mempair.proxy.testkit.Memcached;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.ScriptedServer;
import io.mempair.proxy.testkit.TestTimeouts;
import io.mempair.proxy.testkit.TextClient;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Changes that would lose keys or show old ones: refused or given up with the server's name and the remedy, and nothing changes. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class RebalanceRefusalIT {

    private static final int KEYS = 1_000;

    /** Bytes of a value that fills four fifths of its place in memcached. */
    private static final int VALUE_BYTES = 9_600;

    private static final int LARGE_KEYS = 150;

    private static PoolConfig slow(Cluster cluster, int... numbers) {
        return cluster.pool(cluster.addresses(numbers)).with(new RebalancePolicy(true, 300, true));
    }

    private static void awaitGivenUp(Cluster cluster, ServerAddress server, String why) {
        cluster.awaitPhase(RebalancePhase.ABORTED);
        assertThat(cluster.progress().reason())
                .contains(why, "server " + server)
                .endsWith("the former servers serve as before");
    }

    @Test
    void aClientThatWritesPastTheProxyIsDetectedAndNothingChanges() throws Exception {
        try (Cluster cluster = Cluster.of(3, Distribution.MODULO).serving(0, 1)) {
            cluster.fill(KEYS);
            cluster.reload(slow(cluster, 0, 1, 2));
            await().until(() -> cluster.progress().visited() > 0);
            try (RawClient direct = cluster.server(1).client()) {
                for (int i = 0; i < 2_000; i++) {
                    direct.ask("set direct 0 0 1\r\nx\r\n", "STORED\r\n");
                }
                awaitGivenUp(cluster, cluster.server(1).address(), "others than this proxy write to");
                direct.ask("delete direct\r\n", "DELETED\r\n");
            }
            cluster.assertFilled(KEYS);
            assertThat(cluster.keysOf(2)).isEmpty();
            cluster.move(0, 1, 2);
            cluster.assertFilled(KEYS);
        }
    }

    @Test
    void aSecondActiveProxyIsDetectedAndNothingChanges() throws Exception {
        try (Cluster cluster = Cluster.of(3, Distribution.MODULO).serving(0, 1);
                RunningProxy second = RunningProxy.over(cluster.pool(cluster.addresses(0, 1)))) {
            cluster.fill(KEYS);
            cluster.reload(slow(cluster, 0, 1, 2));
            await().until(() -> cluster.progress().visited() > 0);
            try (TextClient other = TextClient.connect(second.port())) {
                for (int i = 0; i < 4_000; i++) {
                    assertThat(other.ask(TextClient.storage("set", "other-" + i % 50, 0, 1, "x")))
                            .isEqualTo("STORED");
                }
            }
            cluster.awaitPhase(RebalancePhase.ABORTED);
            assertThat(cluster.progress().reason()).contains("others than this proxy write to server");
            cluster.assertFilled(KEYS);
            assertThat(cluster.keysOf(2)).isEmpty();
        }
    }

    /** Whatever clients write, touch, count and delete through the proxy is its own. */
    @Test
    void whatClientsWriteThroughTheProxyIsNotTakenForThatOfOthers() throws Exception {
        try (Cluster cluster = Cluster.of(3, Distribution.MODULO).serving(0, 1);
                TextClient client = cluster.client()) {
            cluster.fill(KEYS);
            client.ask("set counter 0 0 1\r\n1\r\n");
            cluster.reload(slow(cluster, 0, 1, 2));
            await().until(() -> cluster.progress().visited() > 0);
            for (int i = 0; cluster.progress().phase() != RebalancePhase.DONE; i++) {
                assertThat(client.ask(TextClient.storage("set", "own-" + i % 100, 0, 0, "x")))
                        .isEqualTo("STORED");
                client.ask("incr counter 1\r\n");
                client.ask("incr missing-" + i % 10 + " 1\r\n");
                client.ask("touch own-" + i % 7 + " 0\r\n");
                client.ask("delete own-" + i % 3 + "\r\n");
                client.ask("append own-" + i % 5 + " 0 0 1\r\ny\r\n");
                client.ask("md own-" + i % 4 + "\r\n");
                client.ask("ma counter\r\n");
                client.retrieve("gat 0 own-1 own-2 own-" + i % 20);
                assertThat(cluster.progress().phase()).isNotIn(RebalancePhase.UNDO, RebalancePhase.ABORTED);
            }
            cluster.assertFilled(KEYS);
        }
    }

    private static void fillLarge(Cluster cluster, int count) throws IOException {
        String value = "v".repeat(VALUE_BYTES);
        try (TextClient client = cluster.client()) {
            for (int i = 0; i < count; i++) {
                assertThat(client.ask(TextClient.storage("set", "large-" + i, 0, 0, value)))
                        .isEqualTo("STORED");
            }
        }
    }

    private static int largeKeysFound(Cluster cluster) throws IOException {
        int found = 0;
        try (TextClient client = cluster.client()) {
            for (int i = 0; i < LARGE_KEYS; i++) {
                found += client.retrieve("get large-" + i).items().size();
            }
        }
        return found;
    }

    private static PoolConfig to(Cluster cluster, Memcached server, RebalancePolicy policy) {
        return cluster.pool(List.of(server.address())).with(policy);
    }

    @Test
    void aServerThatIsTooSmallIsRefused() throws Exception {
        try (Cluster cluster = Cluster.of(1, Distribution.MODULO).serving(0);
                Memcached small = Memcached.started("-m", "2")) {
            fillLarge(cluster, 2 * LARGE_KEYS);

            assertThatThrownBy(() -> cluster.reload(to(cluster, small, new RebalancePolicy(true, 100_000, true))))
                    .hasMessageContaining("server " + small.address() + " has room for 2 MB and will hold about 3 MB")
                    .hasMessageContaining("give it more memory (-m)")
                    .hasMessageContaining("nothing was changed");

            assertThat(cluster.proxy().server().rebalance()).isEmpty();
            assertThat(largeKeysFound(cluster)).isEqualTo(LARGE_KEYS);
        }
    }

    /** memcached gives each size of items pages of its own, so it is full before its memory is. */
    @Test
    void aServerThatBeginsToDropItemsEndsItAndNothingChanges() throws Exception {
        try (Cluster cluster = Cluster.of(1, Distribution.MODULO).serving(0);
                Memcached small = Memcached.started("-m", "2")) {
            fillLarge(cluster, LARGE_KEYS);
            cluster.reload(to(cluster, small, new RebalancePolicy(true, 100_000, true)));

            awaitGivenUp(cluster, small.address(), "is full and drops items");
            assertThat(largeKeysFound(cluster)).isEqualTo(LARGE_KEYS);
        }
    }

    @Test
    void aServerMayDropItemsIfTheOperatorSaysSo() throws Exception {
        try (Cluster cluster = Cluster.of(1, Distribution.MODULO).serving(0);
                Memcached small = Memcached.started("-m", "2")) {
            fillLarge(cluster, LARGE_KEYS);
            cluster.reload(to(cluster, small, new RebalancePolicy(true, 100_000, true, true)));

            await().atMost(30, TimeUnit.SECONDS)
                    .until(() -> cluster.progress().phase().nextLeads());
            assertThat(cluster.progress().evicted()).isPositive();
            cluster.awaitPhase(RebalancePhase.DONE);
            assertThat(largeKeysFound(cluster)).isBetween(1, LARGE_KEYS - 1);
        }
    }

    @Test
    void aServerWithoutMetaCommandsIsRefused() throws Exception {
        try (Cluster cluster = new Cluster(1, Distribution.MODULO, TestTimeouts.PATIENT).serving(0);
                ScriptedServer old =
                        ScriptedServer.ofVersion("1.6.9", (line, connection) -> connection.send("END\r\n"))) {
            PoolConfig next = cluster.pool(List.of(old.address()));

            assertThatThrownBy(() -> cluster.reload(next))
                    .hasMessageContaining("server " + old.address() + " is older than memcached 1.6.10")
                    .hasMessageContaining("nothing was changed");
            assertThat(cluster.proxy().server().rebalance()).isEmpty();
        }
    }
}
