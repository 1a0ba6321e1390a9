package io.mempair.proxy.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.RebalancePolicy;
import io.mempair.proxy.rebalance.RebalancePhase;
import io.mempair.proxy.replication.LayoutStage;
import io.mempair.proxy.testkit.NoLeaks;
import io.mempair.proxy.testkit.TextClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The node that moves keys ends in the middle, and its peer takes over: no key is missing, and no old value is read. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class TakenOverRebalanceIT {

    private static final int KEYS = 4_000;
    private static final RebalancePolicy SLOW = new RebalancePolicy(true, 1_000, true, false, Duration.ofMinutes(10));

    static void fill(TwoNodes.Member node, String value) throws IOException {
        try (TextClient client = node.client()) {
            StringBuilder sets = new StringBuilder();
            for (int i = 0; i < KEYS; i++) {
                sets.append(TextClient.storage("set", "key-" + i, i, 0, value + i));
            }
            client.send(sets.toString());
            for (int i = 0; i < KEYS; i++) {
                assertThat(client.line()).isEqualTo("STORED");
            }
        }
    }

    static void assertFilled(TwoNodes.Member node, String value) throws IOException {
        try (TextClient client = node.client()) {
            StringBuilder gets = new StringBuilder();
            for (int i = 0; i < KEYS; i++) {
                gets.append("get key-").append(i).append("\r\n");
            }
            client.send(gets.toString());
            int misses = 0;
            int lies = 0;
            for (int i = 0; i < KEYS; i++) {
                TextClient.Retrieved found = client.retrieved();
                if (found.items().isEmpty()) {
                    misses++;
                } else if (!found.items().get(0).value().equals(value + i)) {
                    lies++;
                }
            }
            assertThat(misses).as("misses; %s", node.server.rebalance()).isZero();
            assertThat(lies).as("lies; %s", node.server.rebalance()).isZero();
        }
    }

    static void awaitPhase(TwoNodes.Member node, RebalancePhase phase) {
        await(phase + " of " + node.server.rebalance())
                .atMost(60, TimeUnit.SECONDS)
                .pollInterval(5, TimeUnit.MILLISECONDS)
                .until(() -> node.server
                        .rebalance()
                        .filter(one -> one.phase() == phase)
                        .isPresent());
    }

    private static void awaitServers(TwoNodes.Member node, PoolConfig pool) {
        await("servers of the standby")
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> node.servers().equals(pool.primaries()));
    }

    private static void assertClean(Cluster cluster, int... servers) throws IOException {
        for (int server : servers) {
            assertThat(cluster.keysOf(server)).doesNotContain("mempair:move", "mempair%3Amove");
        }
    }

    @Test
    void theStandbyCopiesAnewAfterAKillInTheCopy() throws Exception {
        try (Cluster cluster = Cluster.of(4, Distribution.MODULO)) {
            PoolConfig former = cluster.pool(cluster.addresses(0, 1, 2));
            PoolConfig next = cluster.pool(cluster.addresses(0, 1, 2, 3));
            try (TwoNodes nodes = new TwoNodes(former, former)) {
                fill(nodes.a(), "old-");
                nodes.a().reload(next.with(SLOW));
                await().until(() -> nodes.a().server.rebalance().orElseThrow().copied() > 500);
                fill(nodes.a(), "new-");
                assertThat(nodes.b().server.knowledge().layout().stage()).isEqualTo(LayoutStage.FILLING);

                nodes.kill(nodes.a());

                assertFilled(nodes.b(), "new-");
                awaitPhase(nodes.b(), RebalancePhase.DONE);
                assertFilled(nodes.b(), "new-");
                assertThat(nodes.b().servers()).isEqualTo(next.primaries());
                assertClean(cluster, 0, 1, 2, 3);
            }
        }
    }

    /** The operator edits the file of both nodes, and reloads the standby too: it places keys as the active node does. */
    @Test
    void aStandbyWithTheNextListInItsFileLeadsTheFormerOneAfterAKillInTheCopy() throws Exception {
        try (Cluster cluster = Cluster.of(4, Distribution.MODULO)) {
            PoolConfig former = cluster.pool(cluster.addresses(0, 1, 2));
            PoolConfig next = cluster.pool(cluster.addresses(3, 1));
            try (TwoNodes nodes = new TwoNodes(former, former)) {
                fill(nodes.a(), "old-");
                assertThat(nodes.b().reload(next))
                        .singleElement()
                        .asString()
                        .contains("as the active node says: reload it there");
                assertThat(nodes.b().servers()).isEqualTo(former.primaries());
                nodes.a().reload(next.with(SLOW));
                await().until(() -> nodes.a().server.rebalance().orElseThrow().copied() > 500);
                fill(nodes.a(), "new-");

                nodes.kill(nodes.a());

                assertFilled(nodes.b(), "new-");
                awaitPhase(nodes.b(), RebalancePhase.DONE);
                assertFilled(nodes.b(), "new-");
                assertThat(nodes.b().servers()).isEqualTo(next.primaries());
            }
        }
    }

    @Test
    void theStandbyLeadsTheNextServersAndTidiesUpAfterAKillInKeep() throws Exception {
        try (Cluster cluster = Cluster.of(4, Distribution.MODULO)) {
            PoolConfig former = cluster.pool(cluster.addresses(0, 1, 2, 3));
            PoolConfig next = cluster.keeping(Duration.ofMinutes(10)).pool(cluster.addresses(1, 3));
            try (TwoNodes nodes = new TwoNodes(former, former)) {
                fill(nodes.a(), "old-");
                nodes.a().reload(next);
                awaitPhase(nodes.a(), RebalancePhase.KEEP);
                awaitServers(nodes.b(), next);
                fill(nodes.a(), "new-");

                nodes.kill(nodes.a());

                assertFilled(nodes.b(), "new-");
                awaitPhase(nodes.b(), RebalancePhase.DONE);
                assertFilled(nodes.b(), "new-");
                assertClean(cluster, 0, 1, 2, 3);
                assertThat(cluster.keysOf(0)).isEmpty();
                assertThat(cluster.keysOf(2)).isEmpty();
                assertThat(cluster.keysOf(1).size() + cluster.keysOf(3).size()).isEqualTo(KEYS);
            }
        }
    }

    /** The peer is not heard while the switch happens, so nobody waits for it: the markers tell it. */
    @Test
    void aStandbyThatWasCutOffInTheSwitchLeadsTheNextServers() throws Exception {
        for (LayoutStage lost : List.of(LayoutStage.SWITCHING, LayoutStage.KEEPING)) {
            try (Cluster cluster = Cluster.of(4, Distribution.MODULO)) {
                PoolConfig former = cluster.pool(cluster.addresses(0, 1, 2));
                PoolConfig next = cluster.keeping(Duration.ofMinutes(10)).pool(cluster.addresses(3, 1));
                try (TwoNodes nodes = new TwoNodes(former, former)) {
                    fill(nodes.a(), "old-");
                    // the peer is not heard from that moment on, so the node goes on without it
                    nodes.arrives = told -> {
                        nodes.heard &= told.stage() != lost;
                        return nodes.heard;
                    };
                    nodes.a().reload(next);
                    awaitPhase(nodes.a(), RebalancePhase.KEEP);
                    fill(nodes.a(), "new-");
                    assertThat(nodes.b().server.knowledge().layout().stage())
                            .isEqualTo(lost == LayoutStage.SWITCHING ? LayoutStage.FILLING : LayoutStage.SWITCHING);

                    nodes.kill(nodes.a());

                    assertFilled(nodes.b(), "new-");
                    awaitPhase(nodes.b(), RebalancePhase.DONE);
                    assertFilled(nodes.b(), "new-");
                    assertThat(nodes.b().servers()).isEqualTo(next.primaries());
                }
            }
        }
    }

    /** The node has told of the switch and is killed before the peer hears what came of it. */
    @ParameterizedTest
    @EnumSource(
            value = LayoutStage.class,
            names = {"SWITCHING", "KEEPING"})
    void theStandbyGoesOnAfterAKillBeforeTheMarkersChangeOrBehind(LayoutStage last) throws Exception {
        try (Cluster cluster = Cluster.of(4, Distribution.MODULO)) {
            PoolConfig former = cluster.pool(cluster.addresses(0, 1, 2));
            PoolConfig next = cluster.keeping(Duration.ofMinutes(10)).pool(cluster.addresses(3, 1));
            try (TwoNodes nodes = new TwoNodes(former, former)) {
                fill(nodes.a(), "new-");
                CountDownLatch reached = new CountDownLatch(1);
                nodes.arrives = told -> {
                    boolean isLast = told.stage() == last;
                    nodes.acknowledges &= !isLast;
                    boolean arrives = reached.getCount() > 0 && (!isLast || last == LayoutStage.SWITCHING);
                    if (isLast) {
                        reached.countDown();
                    }
                    return arrives;
                };
                nodes.a().reload(next);
                assertThat(reached.await(60, TimeUnit.SECONDS)).isTrue();

                nodes.kill(nodes.a());

                assertThat(nodes.b().server.knowledge().layout().stage()).isNotEqualTo(LayoutStage.SWITCHING);
                assertFilled(nodes.b(), "new-");
                awaitPhase(nodes.b(), RebalancePhase.DONE);
                assertFilled(nodes.b(), "new-");
                assertThat(nodes.b().servers()).isEqualTo(next.primaries());
            }
        }
    }

    @Test
    void aPlannedChangeInTheCopyLosesNothingAndTheOtherNodeGoesOn() throws Exception {
        try (Cluster cluster = Cluster.of(4, Distribution.MODULO)) {
            PoolConfig former = cluster.pool(cluster.addresses(0, 1, 2));
            PoolConfig next = cluster.pool(cluster.addresses(0, 1, 2, 3));
            try (TwoNodes nodes = new TwoNodes(former, next)) {
                awaitServers(nodes.b(), former);
                fill(nodes.a(), "old-");
                nodes.a().reload(next.with(SLOW));
                await().until(() -> nodes.a().server.rebalance().orElseThrow().copied() > 500);

                nodes.switchOver(nodes.a());

                fill(nodes.b(), "new-");
                awaitPhase(nodes.a(), RebalancePhase.LEFT);
                awaitPhase(nodes.b(), RebalancePhase.DONE);
                assertFilled(nodes.b(), "new-");
                awaitServers(nodes.a(), next);

                nodes.switchOver(nodes.b());

                assertFilled(nodes.a(), "new-");
            }
        }
    }

    @Test
    void aGivenUpRebalanceIsUndoneByTheNodeThatTakesOver() throws Exception {
        try (Cluster cluster = Cluster.of(4, Distribution.MODULO)) {
            PoolConfig former = cluster.pool(cluster.addresses(0, 1, 2));
            PoolConfig next = cluster.pool(cluster.addresses(0, 1, 2, 3));
            try (TwoNodes nodes = new TwoNodes(former, former)) {
                fill(nodes.a(), "old-");
                nodes.a().reload(next.with(SLOW));
                await().until(() -> nodes.a().server.rebalance().orElseThrow().copied() > 500);
                cluster.server(3).freeze();
                nodes.a().server.abortRebalance();
                await().until(() -> nodes.b().server.knowledge().layout().stage() == LayoutStage.DROPPING);

                nodes.kill(nodes.a());
                cluster.server(3).thaw();

                assertFilled(nodes.b(), "old-");
                await().atMost(30, TimeUnit.SECONDS)
                        .until(() -> nodes.b()
                                .server
                                .rebalance()
                                .filter(one -> one.phase().isOver())
                                .isPresent());
                assertThat(nodes.b().servers()).isEqualTo(former.primaries());
                assertFilled(nodes.b(), "old-");
            }
        }
    }

    @Test
    void aNodeWhosePeerDoesNotAcknowledgeRefusesAndChangesNothing() throws Exception {
        try (Cluster cluster = Cluster.of(4, Distribution.MODULO)) {
            PoolConfig former = cluster.pool(cluster.addresses(0, 1, 2));
            PoolConfig next = cluster.pool(cluster.addresses(0, 1, 2, 3));
            try (TwoNodes nodes = new TwoNodes(former, former)) {
                fill(nodes.a(), "old-");
                nodes.acknowledges = false;

                assertThatThrownBy(() -> nodes.a().reload(next))
                        .hasMessageContaining("the other node does not acknowledge that keys are going to move")
                        .hasMessageContaining("nothing was changed");

                assertThat(nodes.a().server.rebalance()).isEmpty();
                assertThat(cluster.keysOf(3)).isEmpty();
                nodes.acknowledges = true;
                nodes.a().reload(next);
                awaitPhase(nodes.a(), RebalancePhase.DONE);
                assertFilled(nodes.a(), "old-");
            }
        }
    }

    /** The switch waits for a peer that is heard; the copy goes on meanwhile. */
    @Test
    void noSwitchHappensThatThePeerDoesNotKnowOf() throws Exception {
        try (Cluster cluster = Cluster.of(4, Distribution.MODULO)) {
            PoolConfig former = cluster.pool(cluster.addresses(0, 1, 2));
            PoolConfig next = cluster.pool(cluster.addresses(0, 1, 2, 3));
            try (TwoNodes nodes = new TwoNodes(former, former)) {
                fill(nodes.a(), "old-");
                nodes.arrives = told -> {
                    nodes.acknowledges &= told.stage() != LayoutStage.SWITCHING;
                    return true;
                };
                nodes.a().reload(next);
                await().atMost(20, TimeUnit.SECONDS)
                        .until(() -> nodes.a()
                                .server
                                .rebalance()
                                .orElseThrow()
                                .reason()
                                .contains("did not acknowledge the switch in time"));
                fill(nodes.a(), "new-");
                assertThat(nodes.a().servers()).isEqualTo(former.primaries());
                assertThat(nodes.b().server.knowledge().layout().stage()).isEqualTo(LayoutStage.FILLING);

                nodes.kill(nodes.a());

                assertFilled(nodes.b(), "new-");
            }
        }
    }
}
