package io.mempair.proxy.transfer;

import static io.mempair.proxy.transfer.StoredKeys.set;
import static io.mempair.proxy.transfer.StoredKeys.valueOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.RebalancePolicy;
import io.mempair.proxy.rebalance.RebalancePhase;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.RawClient;
import io.mempair.proxy.testkit.TestTimeouts;
import io.mempair.proxy.testkit.TextClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What could make a rebalance show an old value or lose one, with real memcached. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class RebalanceTrapsIT {

    private static final int KEYS = 1_000;

    static Cluster cluster(int size) throws IOException {
        return new Cluster(size, Distribution.MODULO, TestTimeouts.SHORT);
    }

    private static void write(Cluster cluster, int server, String key, String value) throws IOException {
        try (RawClient direct = cluster.server(server).client()) {
            direct.ask(TextClient.storage("set", key, 0, 0, value), "STORED\r\n");
        }
    }

    /** Every key changes its server; one that was deleted has been left at its next one by somebody else. */
    @Test
    void aLeftoverAtTheNextOwnerIsNotRead() throws Exception {
        try (Cluster cluster = cluster(2).serving(0, 1);
                TextClient client = cluster.client()) {
            for (int i = 0; i < 100; i++) {
                set(client, "key-" + i, "good");
            }
            Set<String> first = cluster.keysOf(0);
            for (int i = 0; i < 100; i++) {
                String key = "key-" + i;
                int owner = first.contains(key) ? 0 : 1;
                write(cluster, 1 - owner, key, "stale");
                if (i % 2 == 0) {
                    assertThat(client.ask("delete " + key + "\r\n")).isEqualTo("DELETED");
                }
            }
            cluster.move(1, 0);
            for (int i = 0; i < 100; i++) {
                assertThat(valueOf(client, "key-" + i)).isEqualTo(i % 2 == 0 ? "" : "good");
            }
        }
    }

    /** A key that another source holds too, out of date. */
    @Test
    void aLeftoverAtASourceIsNotCopied() throws Exception {
        try (Cluster cluster = cluster(3).serving(0, 1);
                TextClient client = cluster.client()) {
            for (int i = 0; i < 200; i++) {
                set(client, "key-" + i, "good");
            }
            for (int server = 0; server < 2; server++) {
                Set<String> held = cluster.keysOf(server);
                for (int i = 0; i < 200; i++) {
                    if (!held.contains("key-" + i)) {
                        write(cluster, server, "key-" + i, "stale");
                    }
                }
            }
            cluster.move(2, 0, 1);
            for (int i = 0; i < 200; i++) {
                assertThat(valueOf(client, "key-" + i)).isEqualTo("good");
            }
        }
    }

    /** The sweep that failed must not count once another one has succeeded. */
    @Test
    void aSweepThatFailedIsDoneAgain() throws Exception {
        try (Cluster cluster = cluster(2).serving(0, 1)) {
            for (int i = 0; i < KEYS; i++) {
                write(cluster, 1, "leftover-" + i, "stale");
            }
            PoolConfig pool = cluster.pool(cluster.addresses(1, 0)).with(new RebalancePolicy(true, 200, true));
            cluster.reload(pool);
            await().atMost(30, TimeUnit.SECONDS).until(() -> cluster.progress().deleted() > 50);
            assertThat(cluster.progress().phase()).isEqualTo(RebalancePhase.SWEEP);
            String before = cluster.progress().reason();
            cluster.server(1).freeze();
            await().atMost(20, TimeUnit.SECONDS)
                    .until(() -> !cluster.progress().reason().equals(before));
            cluster.server(1).thaw();
            cluster.awaitPhase(RebalancePhase.DONE);
        }
    }

    @Test
    void aTargetThatStoodStillCarriesNoOldCopyOutBehindANewerOne() throws Exception {
        try (Cluster cluster = cluster(2).serving(0);
                TextClient client = cluster.client()) {
            cluster.fill(KEYS);
            cluster.beginSlowly(300, cluster.pool(cluster.addresses(1)));
            cluster.server(1).freeze();
            for (int i = 0; i < KEYS; i++) {
                set(client, "key-" + i, "new-" + i);
            }
            await().atMost(10, TimeUnit.SECONDS).until(() -> cluster.progress().late() > 100);
            cluster.server(1).thaw();
            cluster.awaitPhase(RebalancePhase.DONE);
            for (int i = 0; i < KEYS; i++) {
                assertThat(valueOf(client, "key-" + i)).isEqualTo("new-" + i);
            }
        }
    }

    @Test
    void aWriteOfUnknownFateAtASourceIsWaitedFor() throws Exception {
        try (Cluster cluster = cluster(2).serving(0);
                TextClient client = cluster.client()) {
            cluster.fill(KEYS);
            cluster.beginSlowly(300, cluster.pool(cluster.addresses(1)));
            cluster.server(0).freeze();
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                answers.add(client.ask(TextClient.storage("set", "key-" + i, 0, 0, "new")));
            }
            assertThat(answers).allSatisfy(answer -> assertThat(answer).startsWith("SERVER_ERROR"));
            cluster.server(0).thaw();
            List<String> seen = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                seen.add(valueOf(client, "key-" + i));
            }
            cluster.awaitPhase(RebalancePhase.DONE);
            for (int i = 0; i < 3; i++) {
                String now = valueOf(client, "key-" + i);
                assertThat(seen.get(i).equals("new") && !now.equals("new"))
                        .as("key-%s was %s, and is %s", i, seen.get(i), now)
                        .isFalse();
                assertThat(now).isIn("new", "value-" + i);
            }
        }
    }

    @Test
    void moreLateKeysThanAreRememberedLoseNone() throws Exception {
        try (Cluster cluster = cluster(3).serving(0, 1);
                TextClient client = cluster.client()) {
            cluster.fill(KEYS);
            CopyPolicy usual = CopyPolicy.DEFAULT;
            CopyPolicy small =
                    new CopyPolicy(usual.acknowledge(), false, 1 << 10, 0, usual.refillFor(), usual.refillLifetime());
            PoolConfig pool = cluster.pool(cluster.addresses(0, 1, 2))
                    .with(new RebalancePolicy(true, 1_000, true))
                    .with(small);
            cluster.reload(pool);
            await().atMost(30, TimeUnit.SECONDS).until(() -> cluster.progress().copied() > 50);
            StringBuilder sets = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                sets.append(TextClient.storage("set", "key-" + i, i, 0, "value-" + i));
            }
            client.send(sets.toString());
            for (int i = 0; i < 200; i++) {
                assertThat(client.line()).isEqualTo("STORED");
            }
            cluster.awaitPhase(RebalancePhase.DONE);
            assertThat(cluster.progress().round()).isGreaterThan(1);
            cluster.assertFilled(KEYS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"flush_all", "flush_all 2"})
    void aFlushLeavesNoCopyBehind(String flush) throws Exception {
        try (Cluster cluster = cluster(3).serving(0, 1);
                TextClient client = cluster.client()) {
            cluster.fill(KEYS);
            cluster.beginSlowly(300, cluster.pool(cluster.addresses(0, 1, 2)));
            assertThat(client.ask(flush + "\r\n")).isEqualTo("OK");
            cluster.awaitPhase(RebalancePhase.DONE);
            assertThat(cluster.progress().round()).isGreaterThan(1);
            for (int i = 0; i < KEYS; i++) {
                assertThat(valueOf(client, "key-" + i)).as("key-%s", i).isEmpty();
            }
        }
    }

    /** It is due before or after the copy would have ended; servers carry it out by their own clocks. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aFlushThatWasPendingAtTheBeginningLeavesNoCopyBehind(int seconds) throws Exception {
        try (Cluster cluster = cluster(2).serving(0);
                TextClient client = cluster.client()) {
            cluster.fill(KEYS);
            assertThat(client.ask("flush_all " + seconds + "\r\n")).isEqualTo("OK");
            cluster.move(1);
            for (int i = 0; i < KEYS; i++) {
                assertThat(valueOf(client, "key-" + i)).as("key-%s", i).isEmpty();
            }
        }
    }

    @Test
    void theRightToRecacheAStaleItemIsGrantedOnce() throws Exception {
        try (Cluster cluster = cluster(2).serving(0);
                TextClient client = cluster.client()) {
            for (int i = 0; i < 300; i++) {
                set(client, "key-" + i, "value");
                assertThat(client.ask("md key-" + i + " I T90\r\n")).isEqualTo("HD");
            }
            cluster.move(1);
            for (int i = 0; i < 300; i++) {
                assertThat(client.ask("mg key-" + i + " f\r\n")).contains("X").contains("W");
                assertThat(client.ask("mg key-" + i + " f\r\n"))
                        .contains("X")
                        .contains("Z")
                        .doesNotContain("W");
            }
        }
    }

    @Test
    void aStubIsNoItem() throws Exception {
        try (Cluster cluster = cluster(2).serving(0);
                TextClient client = cluster.client()) {
            for (int i = 0; i < 100; i++) {
                assertThat(client.ask("mg key-" + i + " N90 s\r\n")).contains("W");
            }
            cluster.move(1);
            for (int i = 0; i < 100; i++) {
                assertThat(client.ask("mg key-" + i + " v\r\n")).isEqualTo("EN");
            }
        }
    }

    @Test
    void noItemLivesLongerThanItShould() throws Exception {
        try (Cluster cluster = cluster(2).serving(0);
                TextClient client = cluster.client()) {
            for (int i = 0; i < 1_000; i++) {
                assertThat(client.ask(TextClient.storage("set", "key-" + i, 0, 1 + i % 3, "value")))
                        .isEqualTo("STORED");
            }
            cluster.move(1);
            await().atMost(15, TimeUnit.SECONDS).pollDelay(4, TimeUnit.SECONDS).until(() -> {
                int left = 0;
                for (int i = 0; i < 1_000; i++) {
                    left += valueOf(client, "key-" + i).isEmpty() ? 0 : 1;
                }
                return left == 0;
            });
        }
    }

    /** Late keys are held back by a target that stands still, and the source loses everything. */
    @Test
    void aSourceThatLostItsItemsShowsNoValueThatWasReplaced() throws Exception {
        try (Cluster cluster = cluster(2).serving(0);
                TextClient client = cluster.client()) {
            cluster.fill(KEYS);
            cluster.beginSlowly(300, cluster.pool(cluster.addresses(1)));
            cluster.server(1).freeze();
            for (int i = 0; i < KEYS; i++) {
                set(client, "key-" + i, "new");
            }
            cluster.server(0).kill();
            cluster.server(0).start();
            cluster.server(1).thaw();
            cluster.awaitPhase(RebalancePhase.DONE);
            for (int i = 0; i < KEYS; i++) {
                assertThat(valueOf(client, "key-" + i)).as("key-%s", i).isIn("", "new");
            }
        }
    }

    @Test
    void aTargetThatIsRestartedIsFilledAnew() throws Exception {
        try (Cluster cluster = cluster(2).serving(0)) {
            cluster.fill(KEYS);
            cluster.beginSlowly(300, cluster.pool(cluster.addresses(1)));
            cluster.server(1).kill();
            cluster.server(1).start();
            cluster.awaitPhase(RebalancePhase.DONE);
            assertThat(cluster.progress().round()).isGreaterThan(1);
            cluster.assertFilled(KEYS);
        }
    }

    @Test
    void aLifetimeThatOnlyAReadChangesIsCopied() throws Exception {
        try (Cluster cluster = cluster(2).serving(0);
                TextClient client = cluster.client()) {
            cluster.fill(KEYS);
            cluster.beginSlowly(150, cluster.pool(cluster.addresses(1)));
            String some = "gat 500";
            for (int i = 0; i < 300; i += 3) {
                client.retrieve("gat 500 key-" + i);
                assertThat(client.ask("mg key-" + (i + 1) + " T500\r\n")).isEqualTo("HD");
                some += " key-" + (i + 2);
            }
            assertThat(client.retrieve(some).items()).hasSize(100);
            assertThat(cluster.progress().phase()).isEqualTo(RebalancePhase.COPY);
            cluster.awaitPhase(RebalancePhase.DONE);
            for (int i = 0; i < 300; i++) {
                String lifetime = client.ask("mg key-" + i + " t\r\n");
                assertThat(Integer.parseInt(lifetime.substring("HD t".length())))
                        .as("lifetime of key-%s", i)
                        .isBetween(400, 500);
            }
        }
    }

    @Test
    void keysAndValuesOfEveryKindAreCopied() throws Exception {
        String longest = "k".repeat(250);
        String large = "v".repeat(900_000);
        try (Cluster cluster = cluster(2).serving(0);
                TextClient client = cluster.client()) {
            assertThat(client.ask("ms a2V5IHdpdGggYmxhbmtz 2 b F4294967295\r\nxy\r\n"))
                    .isEqualTo("HD");
            set(client, longest, "long");
            set(client, "empty", "");
            set(client, "large", large);
            assertThat(client.ask(TextClient.storage("set", "lives", 7, 1_000_000_000, "x")))
                    .isEqualTo("STORED");
            cluster.move(1);
            assertThat(client.ask("mg a2V5IHdpdGggYmxhbmtz b v f\r\n")).isEqualTo("VA 2 f4294967295");
            assertThat(client.line()).isEqualTo("xy");
            assertThat(valueOf(client, longest)).isEqualTo("long");
            assertThat(client.retrieve("get empty").items()).hasSize(1);
            assertThat(valueOf(client, "large")).isEqualTo(large);
            assertThat(client.retrieve("get lives").items()).isEmpty();
        }
    }

    /** Clients of the copying loop are not slowed down by what waits to be sent to a server that they do not use. */
    @Test
    void aTargetThatStandsStillKeepsNoClientWaiting() throws Exception {
        try (Cluster cluster = new Cluster(2, Distribution.MODULO, TestTimeouts.PATIENT).serving(0);
                TextClient client = cluster.client();
                TextClient other = cluster.client()) {
            String large = "v".repeat(500_000);
            for (int i = 0; i < 60; i++) {
                set(client, "large-" + i, large);
            }
            PoolConfig pool = cluster.pool(cluster.addresses(1)).with(new RebalancePolicy(true, 30, true));
            cluster.reload(pool);
            await().atMost(30, TimeUnit.SECONDS).until(() -> cluster.progress().copied() > 0);
            cluster.server(1).freeze();
            long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
            long longestNanos = 0;
            while (System.nanoTime() < endNanos) {
                long startNanos = System.nanoTime();
                set(client, "k", "1");
                set(other, "k", "2");
                longestNanos = Math.max(longestNanos, System.nanoTime() - startNanos);
            }
            cluster.server(1).thaw();
            assertThat(longestNanos).as("longest two writes").isLessThan(TimeUnit.SECONDS.toNanos(3));
            cluster.awaitPhase(RebalancePhase.DONE);
            assertThat(valueOf(client, "k")).isEqualTo("2");
        }
    }

    @Test
    void aServerThatLeftAndIsOffAlreadyHoldsNothingUp() throws Exception {
        try (Cluster cluster = cluster(2).serving(0, 1)) {
            cluster.fill(KEYS);
            cluster.reload(0);
            cluster.awaitPhase(RebalancePhase.TIDY);
            cluster.server(1).kill();
            cluster.awaitPhase(RebalancePhase.DONE);
            cluster.assertFilled(KEYS);
        }
    }
}
