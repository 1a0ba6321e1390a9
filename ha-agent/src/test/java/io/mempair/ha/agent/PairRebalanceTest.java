package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.ha.agent.TellingPlacement.Placements;
import io.mempair.ha.election.Election;
import io.mempair.ha.election.Message;
import io.mempair.ha.election.Policy;
import io.mempair.ha.election.Settings;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.replication.LayoutKnowledge;
import io.mempair.proxy.replication.LayoutStage;
import io.mempair.proxy.replication.ServerKnowledge;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A node that is not active, as an operator asks it about a rebalance; and what the election is told of its servers. */
class PairRebalanceTest {

    private static final Settings SETTINGS =
            new Settings("a", 200, 40, 100_000_000, 700_000_000, 1_500_000_000, Settings.CLAIM_NANOS, Policy.PAIR);

    private final FakeProxy proxy = new FakeProxy();
    private final Election election = Election.start(SETTINGS, 0);
    private final PairRebalance rebalance = new PairRebalance(proxy, () -> election);

    private static PoolConfig pool(int... ports) {
        List<ServerAddress> servers = Arrays.stream(ports)
                .mapToObj(port -> new ServerAddress("m", port))
                .toList();
        return new PoolConfig(servers, List.of(), Distribution.MODULO, ServerTimeouts.DEFAULT);
    }

    @Test
    void aNodeThatIsNotActiveGivesNothingUpAndSaysWhom() {
        assertThatThrownBy(() -> rebalance.abort().toCompletableFuture().join())
                .hasMessageContaining("this node is not active, and no other node is");
        assertThatThrownBy(() -> rebalance.finish().toCompletableFuture().join())
                .hasMessageContaining("this node is not active");
    }

    @Test
    void aStandbySaysThatTheActiveNodeMovesKeys() {
        assertThat(rebalance.state()).isEqualTo("no rebalance since the start");
        proxy.tell(new ServerKnowledge(
                5, List.of(), ServerKnowledge.NO_FLUSH, new LayoutKnowledge("f", "n", LayoutStage.FILLING)));
        assertThat(rebalance.state()).startsWith("the active node moves keys (filling)");
    }

    @Test
    void theElectionIsToldOfBothListsOnceWhileKeysMove() {
        TellingPlacement placements = new TellingPlacement();
        Placements file = placements.of(proxy, pool(1, 2)).orElseThrow();
        assertThat(file.other()).isEqualTo(Message.UNKNOWN_PLACEMENT);
        assertThat(placements.of(proxy, pool(1, 2))).isEmpty();

        proxy.agreed = List.of(pool(1, 2), pool(1, 2, 3));
        Placements moving = placements.of(proxy, pool(7)).orElseThrow();
        assertThat(moving.leading()).isEqualTo(file.leading());

        proxy.agreed = List.of(pool(1, 2, 3), pool(1, 2));
        assertThat(placements.of(proxy, pool(7))).contains(new Placements(moving.other(), moving.leading()));
    }
}
