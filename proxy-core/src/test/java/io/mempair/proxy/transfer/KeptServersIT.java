package io.mempair.proxy.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.rebalance.RebalancePhase;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RunningProxy;
import io.mempair.proxy.testkit.TextClient;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** After a switch the former servers are kept equal, so that a change can be taken back without losing a key. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class KeptServersIT {

    private static final int KEYS = 2_000;

    private static Cluster keeping(int size) throws Exception {
        return Cluster.of(size, Distribution.MODULO).keeping(Duration.ofMinutes(10));
    }

    private static void set(TextClient client, String key, String value) throws Exception {
        assertThat(client.ask(TextClient.storage("set", key, 0, 0, value))).isEqualTo("STORED");
    }

    private static String abort(Cluster cluster) throws Exception {
        return cluster.proxy().server().abortRebalance().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static int itemsOf(Cluster cluster, int... servers) throws Exception {
        int count = 0;
        for (int server : servers) {
            count += cluster.keysOf(server).size();
        }
        return count;
    }

    @Test
    void givesTheServersBackWithEverythingThatWasWrittenMeanwhile() throws Exception {
        try (Cluster cluster = keeping(4).serving(0, 1, 2);
                TextClient client = cluster.client()) {
            cluster.fill(KEYS);
            cluster.moveUntilKept(0, 1, 2, 3);
            for (int i = 0; i < 300; i++) {
                set(client, "key-" + i, "changed-" + i);
                set(client, "added-" + i, "new-" + i);
                client.ask("delete key-" + (300 + i) + "\r\n");
            }

            abort(cluster);
            cluster.awaitPhase(RebalancePhase.ABORTED);

            for (int i = 0; i < KEYS; i++) {
                TextClient.Retrieved found = client.retrieve("get key-" + i);
                if (i >= 300 && i < 600) {
                    assertThat(found.items()).as("deleted key-%s", i).isEmpty();
                } else {
                    assertThat(found.items()).as("key-%s", i).hasSize(1);
                    assertThat(found.items().get(0).value()).isEqualTo((i < 300 ? "changed-" : "value-") + i);
                }
            }
            for (int i = 0; i < 300; i++) {
                assertThat(client.retrieve("get added-" + i).items()).hasSize(1);
            }
            assertThat(cluster.keysOf(3)).isEmpty();
            assertThat(itemsOf(cluster, 0, 1, 2))
                    .as("one copy of each, and no marker")
                    .isEqualTo(KEYS);
            assertThat(cluster.proxy().server().leadingPool().orElseThrow().primaries())
                    .isEqualTo(cluster.addresses(0, 1, 2));
        }
    }

    @Test
    void aReloadOfTheFormerListGoesBackAndAnyOtherIsRefused() throws Exception {
        try (Cluster cluster = keeping(4).serving(0, 1)) {
            cluster.fill(KEYS);
            cluster.moveUntilKept(2, 3);
            assertThatThrownBy(() -> cluster.reload(0, 1, 2)).hasMessageContaining("'mempair rebalance finish'");

            cluster.reload(0, 1);

            assertThat(cluster.progress().phase()).isEqualTo(RebalancePhase.ABORTED);
            cluster.assertFilled(KEYS);
            assertThat(itemsOf(cluster, 2, 3)).isZero();
            assertThat(itemsOf(cluster, 0, 1)).isEqualTo(KEYS);
        }
    }

    @Test
    void deletesWhatIsLeftBehindWhenTheOperatorEndsIt() throws Exception {
        try (Cluster cluster = keeping(3).serving(0, 1)) {
            cluster.fill(KEYS);
            cluster.moveUntilKept(1, 2);
            assertThat(itemsOf(cluster, 0)).as("it has its keys still").isPositive();

            cluster.proxy().server().finishRebalance().toCompletableFuture().get(30, TimeUnit.SECONDS);

            cluster.awaitPhase(RebalancePhase.DONE);
            cluster.assertFilled(KEYS);
            assertThat(itemsOf(cluster, 0)).isZero();
            assertThat(itemsOf(cluster, 1, 2))
                    .as("one copy of each, and no marker")
                    .isEqualTo(KEYS);
        }
    }

    @Test
    void thereIsNoWayBackToAServerThatWasRestarted() throws Exception {
        try (Cluster cluster = keeping(3).serving(0, 1)) {
            cluster.fill(KEYS);
            cluster.moveUntilKept(1, 2);
            cluster.server(0).kill();
            cluster.server(0).start();

            cluster.awaitPhase(RebalancePhase.DONE);
            cluster.assertFilled(KEYS);
            assertThatThrownBy(() -> abort(cluster)).hasMessageContaining("no rebalance is under way");
        }
    }

    @Test
    void thereIsNoWayBackAfterAFlush() throws Exception {
        try (Cluster cluster = keeping(3).serving(0, 1);
                TextClient client = cluster.client()) {
            cluster.fill(KEYS);
            cluster.moveUntilKept(0, 1, 2);
            assertThat(client.ask("flush_all\r\n")).isEqualTo("OK");

            cluster.awaitPhase(RebalancePhase.DONE);
            assertThat(client.retrieve("get key-1").items()).isEmpty();
        }
    }

    /** The process ends without a word, and the next one is started with the list of before. */
    @Test
    void readsNothingOldAfterARestartWithTheFormerList() throws Exception {
        try (Cluster cluster = keeping(3).serving(0, 1);
                TextClient client = cluster.client()) {
            cluster.fill(KEYS);
            cluster.moveUntilKept(0, 1, 2);
            String moved = cluster.keysOf(2).iterator().next();
            cluster.server(0).freeze();
            cluster.server(1).freeze();
            set(client, moved, "changed");
            cluster.proxy().close();
            cluster.server(0).thaw();
            cluster.server(1).thaw();
            try (RunningProxy restarted = RunningProxy.over(cluster.pool(cluster.addresses(0, 1)));
                    TextClient reader = TextClient.connect(restarted.port())) {
                await().atMost(30, TimeUnit.SECONDS)
                        .until(() -> !reader.retrieve("get " + moved).failed());
                assertThat(reader.retrieve("get " + moved).items())
                        .singleElement()
                        .satisfies(item -> assertThat(item.value()).isEqualTo("changed"));
            }
        }
    }
}
