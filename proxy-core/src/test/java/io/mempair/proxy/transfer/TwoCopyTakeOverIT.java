package io.mempair.proxy.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.RebalancePolicy;
import io.mempair.proxy.rebalance.RebalancePhase;
import io.mempair.proxy.testkit.NoLeaks;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As {@link TakenOverRebalanceIT}, where keys have two copies, before and after or only after. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class TwoCopyTakeOverIT {

    private static final int KEYS = 4_000;

    private static PoolConfig former(Cluster cluster, boolean twoCopies) {
        return cluster.pool(cluster.addresses(0, 1), twoCopies ? cluster.addresses(2) : cluster.addresses());
    }

    private static PoolConfig next(Cluster cluster) {
        return cluster.pool(cluster.addresses(0, 3), cluster.addresses(4, 1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theStandbyCopiesAnewAfterAKillInTheCopy(boolean twoCopies) throws Exception {
        try (Cluster cluster = Cluster.of(5, Distribution.MODULO)) {
            PoolConfig former = former(cluster, twoCopies);
            PoolConfig next = next(cluster);
            try (TwoNodes nodes = new TwoNodes(former, former)) {
                nodes.a().fill(KEYS, "old-");
                nodes.a().reload(next.with(new RebalancePolicy(true, 1_000, true, false, Duration.ofMinutes(10))));
                nodes.a().awaitCopying();
                nodes.a().fill(KEYS, "new-");

                nodes.kill(nodes.a());

                nodes.b().assertFilled(KEYS, "new-");
                nodes.b().awaitPhase(RebalancePhase.DONE);
                nodes.b().assertFilled(KEYS, "new-");
                nodes.b().awaitServers(next);
                cluster.server(0).kill();
                cluster.server(3).kill();
                await().atMost(20, TimeUnit.SECONDS)
                        .untilAsserted(() -> nodes.b().assertFilled(KEYS, "new-"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theStandbyLeadsTheNextServersAfterAKillInKeep(boolean twoCopies) throws Exception {
        try (Cluster cluster = Cluster.of(5, Distribution.MODULO)) {
            PoolConfig former = former(cluster, twoCopies);
            PoolConfig next = next(cluster.keeping(Duration.ofMinutes(10)));
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
                assertThat(cluster.keysOf(2))
                        .as("left on a server that is not used any more")
                        .isEmpty();
            }
        }
    }
}
