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
                nodes.a().fill(KEYS, "old-");
                nodes.a().reload(next.with(SLOW));
                nodes.a().awaitCopying();
                nodes.a().fill(KEYS, "new-");
                assertThat(nodes.b().server.knowledge().layout().stage()).isEqualTo(LayoutStage.FILLING);

                nodes.kill(nodes.a());

                nodes.b().assertFilled(KEYS, "new-");
                nodes.b().awaitPhase(RebalancePhase.DONE);
                nodes.b().assertFilled(KEYS, "new-");
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
                nodes.a().fill(KEYS, "old-");
                assertThat(nodes.b().reload(next))
                        .singleElement()
                        .asString()
                        .contains("as the active node says: reload it there");
                assertThat(nodes.b().servers()).isEqualTo(former.primaries());
                nodes.a().reload(next.with(SLOW));
                nodes.a().awaitCopying();
                nodes.a().fill(KEYS, "new-");

                nodes.kill(nodes.a());

                nodes.b().assertFilled(KEYS, "new-");
                nodes.b().awaitPhase(RebalancePhase.DONE);
                nodes.b().assertFilled(KEYS, "new-");
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
                nodes.a().fill(KEYS, "old-");
                nodes.a().reload(next);
                nodes.a().awaitPhase(RebalancePhase.KEEP);
                nodes.b().awaitServers(next);
                nodes.a().fill(KEYS, "new-");

                nodes.kill(nodes.a());

                nodes.b().assertFilled(KEYS, "new-");
                nodes.b().awaitPhase(RebalancePhase.DONE);
                nodes.b().assertFilled(KEYS, "new-");
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
                    nodes.a().fill(KEYS, "old-");
                    // the peer is not heard from that moment on, so the node goes on without it
                    nodes.arrives = told -> {
                        nodes.heard &= told.stage() != lost;
                        return nodes.heard;
                    };
                    nodes.a().reload(next);
                    nodes.a().awaitPhase(RebalancePhase.KEEP);
                    nodes.a().fill(KEYS, "new-");
                    assertThat(nodes.b().server.knowledge().layout().stage())
                            .isEqualTo(lost == LayoutStage.SWITCHING ? LayoutStage.FILLING : LayoutStage.SWITCHING);

                    nodes.kill(nodes.a());

                    nodes.b().assertFilled(KEYS, "new-");
                    nodes.b().awaitPhase(RebalancePhase.DONE);
                    nodes.b().assertFilled(KEYS, "new-");
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
                nodes.a().fill(KEYS, "new-");
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
                nodes.b().assertFilled(KEYS, "new-");
                nodes.b().awaitPhase(RebalancePhase.DONE);
                nodes.b().assertFilled(KEYS, "new-");
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
                nodes.b().awaitServers(former);
                nodes.a().fill(KEYS, "old-");
                nodes.a().reload(next.with(SLOW));
                nodes.a().awaitCopying();

                nodes.switchOver(nodes.a());

                nodes.b().fill(KEYS, "new-");
                nodes.a().awaitPhase(RebalancePhase.LEFT);
                nodes.b().awaitPhase(RebalancePhase.DONE);
                nodes.b().assertFilled(KEYS, "new-");
                nodes.a().awaitServers(next);

                nodes.switchOver(nodes.b());

                nodes.a().assertFilled(KEYS, "new-");
            }
        }
    }

    @Test
    void aGivenUpRebalanceIsUndoneByTheNodeThatTakesOver() throws Exception {
        try (Cluster cluster = Cluster.of(4, Distribution.MODULO)) {
            PoolConfig former = cluster.pool(cluster.addresses(0, 1, 2));
            PoolConfig next = cluster.pool(cluster.addresses(0, 1, 2, 3));
            try (TwoNodes nodes = new TwoNodes(former, former)) {
                nodes.a().fill(KEYS, "old-");
                nodes.a().reload(next.with(SLOW));
                nodes.a().awaitCopying();
                cluster.server(3).freeze();
                nodes.a().server.abortRebalance();
                await().until(() -> nodes.b().server.knowledge().layout().stage() == LayoutStage.DROPPING);

                nodes.kill(nodes.a());
                cluster.server(3).thaw();

                nodes.b().assertFilled(KEYS, "old-");
                await().atMost(30, TimeUnit.SECONDS)
                        .until(() -> nodes.b()
                                .server
                                .rebalance()
                                .filter(one -> one.phase().isOver())
                                .isPresent());
                assertThat(nodes.b().servers()).isEqualTo(former.primaries());
                nodes.b().assertFilled(KEYS, "old-");
            }
        }
    }

    @Test
    void aNodeWhosePeerDoesNotAcknowledgeRefusesAndChangesNothing() throws Exception {
        try (Cluster cluster = Cluster.of(4, Distribution.MODULO)) {
            PoolConfig former = cluster.pool(cluster.addresses(0, 1, 2));
            PoolConfig next = cluster.pool(cluster.addresses(0, 1, 2, 3));
            try (TwoNodes nodes = new TwoNodes(former, former)) {
                nodes.a().fill(KEYS, "old-");
                nodes.acknowledges = false;

                assertThatThrownBy(() -> nodes.a().reload(next))
                        .hasMessageContaining("the other node does not acknowledge that keys are going to move")
                        .hasMessageContaining("nothing was changed");

                assertThat(nodes.a().server.rebalance()).isEmpty();
                assertThat(cluster.keysOf(3)).isEmpty();
                nodes.acknowledges = true;
                nodes.a().reload(next);
                nodes.a().awaitPhase(RebalancePhase.DONE);
                nodes.a().assertFilled(KEYS, "old-");
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
                nodes.a().fill(KEYS, "old-");
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
                nodes.a().fill(KEYS, "new-");
                assertThat(nodes.a().servers()).isEqualTo(former.primaries());
                assertThat(nodes.b().server.knowledge().layout().stage()).isEqualTo(LayoutStage.FILLING);

                nodes.kill(nodes.a());

                nodes.b().assertFilled(KEYS, "new-");
            }
        }
    }
}
