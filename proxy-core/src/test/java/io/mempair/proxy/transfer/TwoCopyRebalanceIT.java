package io.mempair.proxy.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.rebalance.RebalancePhase;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.TestTimeouts;
import io.mempair.proxy.testkit.TextClient;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The servers of a pool with two copies, or one that gets or loses its second copies, change while clients use it. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class TwoCopyRebalanceIT {

    private static final int KEYS = 1_000;

    private static Cluster cluster(int size) throws IOException {
        return new Cluster(size, Distribution.LIBKETAMA, TestTimeouts.SHORT);
    }

    private static PoolConfig pool(Cluster cluster, List<Integer> primaries, List<Integer> backups) {
        return cluster.pool(
                cluster.addresses(primaries.stream().mapToInt(i -> i).toArray()),
                cluster.addresses(backups.stream().mapToInt(i -> i).toArray()));
    }

    private static void move(Cluster cluster, List<Integer> primaries, List<Integer> backups) throws Exception {
        cluster.reload(pool(cluster, primaries, backups));
        cluster.awaitPhase(RebalancePhase.DONE);
    }

    /** Each key is on one server of each tier, and no server has another key. */
    private static void assertPlaced(
            Cluster cluster, List<Integer> primaries, List<Integer> backups, List<Integer> left) throws IOException {
        for (List<Integer> tier : List.of(primaries, backups)) {
            int sum = 0;
            Set<String> all = new HashSet<>();
            for (int server : tier) {
                Set<String> keys = cluster.keysOf(server);
                sum += keys.size();
                all.addAll(keys);
            }
            assertThat(all).hasSize(tier.isEmpty() ? 0 : KEYS);
            assertThat(sum).as("copies in tier %s", tier).isEqualTo(all.size());
        }
        for (int server : left) {
            assertThat(cluster.keysOf(server)).as("left on server %d", server).isEmpty();
        }
        cluster.assertFilled(KEYS);
    }

    @Test
    void eachTierGrowsShrinksAndGetsOtherServers() throws Exception {
        try (Cluster cluster = cluster(7)) {
            cluster.serving(pool(cluster, List.of(0, 1), List.of(2, 3)));
            cluster.fill(KEYS);
            move(cluster, List.of(0, 1, 4), List.of(2, 3));
            assertPlaced(cluster, List.of(0, 1, 4), List.of(2, 3), List.of());
            move(cluster, List.of(0, 1, 4), List.of(2, 3, 5));
            assertPlaced(cluster, List.of(0, 1, 4), List.of(2, 3, 5), List.of());
            move(cluster, List.of(4, 6), List.of(2));
            assertPlaced(cluster, List.of(4, 6), List.of(2), List.of(0, 1, 3, 5));
            move(cluster, List.of(2), List.of(6, 4));
            assertPlaced(cluster, List.of(2), List.of(6, 4), List.of(0, 1, 3, 5));
        }
    }

    @Test
    void aPoolInUseGetsAFullBackupTierAndLosesItAgain() throws Exception {
        try (Cluster cluster = cluster(5)) {
            cluster.serving(pool(cluster, List.of(0, 1), List.of()));
            cluster.fill(KEYS);
            move(cluster, List.of(0, 1), List.of(2, 3));
            assertPlaced(cluster, List.of(0, 1), List.of(2, 3), List.of());

            cluster.server(0).freeze();
            awaitFilled(cluster); // from the second copies, at once
            cluster.server(0).thaw();
            await().atMost(20, TimeUnit.SECONDS)
                    .until(() ->
                            cluster.proxy().server().health().servers().stream().allMatch(one -> one.up()));

            move(cluster, List.of(0, 1), List.of());
            assertPlaced(cluster, List.of(0, 1), List.of(), List.of(2, 3));
        }
    }

    private static void awaitFilled(Cluster cluster) {
        await().atMost(20, TimeUnit.SECONDS)
                .pollInterval(50, TimeUnit.MILLISECONDS)
                .ignoreExceptionsMatching(unanswered -> true)
                .untilAsserted(() -> cluster.assertFilled(KEYS));
    }

    /** The other copies of its keys are there. */
    @Test
    void aServerThatIsGoneIsReplaced() throws Exception {
        try (Cluster cluster = cluster(5)) {
            cluster.serving(pool(cluster, List.of(0, 1), List.of(2, 3)));
            cluster.fill(KEYS);
            cluster.server(0).kill();
            awaitFilled(cluster);
            move(cluster, List.of(4, 1), List.of(2, 3));
            assertPlaced(cluster, List.of(4, 1), List.of(2, 3), List.of());
        }
    }

    @Test
    void aServerThatIsLostInTheMiddleOfTheCopyLosesNoKey() throws Exception {
        try (Cluster cluster = cluster(5);
                TextClient client = cluster.serving(pool(cluster, List.of(0, 1), List.of(2, 3)))
                        .client()) {
            cluster.fill(KEYS);
            cluster.beginSlowly(300, pool(cluster, List.of(4, 1), List.of(2, 3)));
            cluster.server(0).kill();
            int written = 0;
            for (int i = 0; i < KEYS; i++) {
                written += client.ask(TextClient.storage("set", "key-" + i, i, 0, "value-" + i))
                                .equals("STORED")
                        ? 1
                        : 0;
            }
            assertThat(written).isPositive();
            cluster.awaitPhase(RebalancePhase.DONE);
            cluster.assertFilled(KEYS);
            assertThat(cluster.keysOf(4)).isNotEmpty();
        }
    }

    @Test
    void itIsGivenUpBeforeTheSwitchAndTakenBackAfterIt() throws Exception {
        try (Cluster cluster = cluster(5)) {
            cluster.serving(pool(cluster, List.of(0, 1), List.of(2)));
            cluster.fill(KEYS);
            cluster.beginSlowly(300, pool(cluster, List.of(3), List.of(4)));
            cluster.proxy().server().abortRebalance().toCompletableFuture().get(20, TimeUnit.SECONDS);
            assertPlaced(cluster, List.of(0, 1), List.of(2), List.of(3, 4));

            cluster.keeping(Duration.ofMinutes(1));
            cluster.reload(pool(cluster, List.of(3), List.of(4)));
            cluster.awaitPhase(RebalancePhase.KEEP);
            try (TextClient client = cluster.client()) {
                assertThat(client.ask("delete key-1\r\n")).isEqualTo("DELETED");
                assertThat(client.ask(TextClient.storage("set", "key-1", 1, 0, "value-1")))
                        .isEqualTo("STORED");
            }
            cluster.proxy().server().abortRebalance().toCompletableFuture().get(20, TimeUnit.SECONDS);
            cluster.awaitPhase(RebalancePhase.ABORTED);
            assertPlaced(cluster, List.of(0, 1), List.of(2), List.of(3, 4));
        }
    }

    @Test
    void aProxyThatIsRestartedInTheMiddleOfTheCopyMissesNoKey() throws Exception {
        try (Cluster cluster = cluster(5)) {
            cluster.serving(pool(cluster, List.of(0, 1), List.of(2)));
            cluster.fill(KEYS);
            PoolConfig next = pool(cluster, List.of(0, 3), List.of(2, 4));
            cluster.beginSlowly(300, next);

            cluster.restartedOver(next);

            cluster.assertFilled(KEYS);
            await().atMost(20, TimeUnit.SECONDS)
                    .until(() -> cluster.proxy().server().rebalance().isPresent());
            cluster.awaitPhase(RebalancePhase.DONE);
            assertPlaced(cluster, List.of(0, 3), List.of(2, 4), List.of(1));
        }
    }

    @Test
    void aServerInBothTiersIsRefused() throws Exception {
        try (Cluster cluster = new Cluster(4, Distribution.MODULO, TestTimeouts.SHORT)) {
            cluster.serving(pool(cluster, List.of(0, 1), List.of(1, 0)));
            cluster.fill(KEYS);
            assertThatThrownBy(() -> cluster.reload(pool(cluster, List.of(0, 1), List.of(2, 3))))
                    .hasMessageContaining("is in servers and in backups")
                    .hasMessageContaining("rebalance: off");
            awaitFilled(cluster);
        }
    }
}
