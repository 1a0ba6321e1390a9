package io.mempair.proxy.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.backend.ServerAccess;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.backend.SourceAddress;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.LayoutText;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerSecurity;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.rebalance.MoveMarker;
import io.mempair.proxy.replication.PeerKnowledge;
import io.mempair.proxy.replication.ReplicaState;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MoveMarkersTest {

    private static final ServerAddress M1 = new ServerAddress("m1", 11211);
    private static final ServerAddress M2 = new ServerAddress("m2", 11211);
    private static final ServerAddress M3 = new ServerAddress("m3", 11211);
    private static final PoolConfig FORMER = pool(M1, M2);
    private static final PoolConfig NEXT = pool(M1, M2, M3);

    private final MoveMarkers markers = new MoveMarkers();

    private static PoolConfig pool(ServerAddress... servers) {
        return new PoolConfig(List.of(servers), List.of(), Distribution.MODULO, ServerTimeouts.DEFAULT);
    }

    private static String marker(long number, PoolConfig former, PoolConfig next) {
        return new MoveMarker(number, LayoutText.of(former), LayoutText.of(next)).text();
    }

    private boolean admits(ServerAddress server, String marker) {
        ServerState state = new ServerState(
                server,
                1,
                ServerAccess.of(ServerSecurity.NONE, new SourceAddress(Set.of())),
                new ReplicaState(server.toString(), new PeerKnowledge(), 1 << 20),
                null);
        return markers.admits(state, marker);
    }

    @Test
    void theFormerListLeadsAgainIfEveryServerOfTheNextOneHasAMarkerOfThatMove() {
        markers.leads(LayoutText.of(NEXT));
        String marker = marker(7, FORMER, NEXT);
        assertThat(admits(M1, marker)).isFalse();
        assertThat(admits(M3, marker)).isFalse();

        assertThat(markers.formerOf(NEXT, Set.of(M1, M3)))
                .map(PoolConfig::primaries)
                .contains(FORMER.primaries());
        assertThat(markers.formerOf(NEXT, Set.of(M1, M2, M3)))
                .as("m2 serves, and may have been written to")
                .isEmpty();
        assertThat(markers.formerOf(NEXT, Set.of())).isEmpty();
        assertThat(admits(M2, marker(8, FORMER, NEXT))).isFalse();
        assertThat(markers.formerOf(NEXT, Set.of(M1, M2, M3)))
                .as("a node that took over has begun to mark the servers anew")
                .map(PoolConfig::primaries)
                .contains(FORMER.primaries());
        assertThat(admits(M2, marker(9, pool(M2, M3), NEXT))).isFalse();
        assertThat(markers.formerOf(NEXT, Set.of(M1, M2, M3)))
                .as("of two lists that led")
                .isEmpty();
        assertThat(markers.formerOf(FORMER, Set.of(M1, M3)))
                .as("to another list")
                .isEmpty();
    }

    @Test
    void aServerThatWasRefusedIsUsedWhenTheListLeadsThatItsMarkerNames() {
        markers.leads(LayoutText.of(NEXT));
        admits(M1, marker(7, FORMER, NEXT));
        admits(M2, marker(7, pool(M2, M3), NEXT));

        markers.leads(LayoutText.of(FORMER));

        assertThat(markers.refused()).containsOnlyKeys(M2);
        assertThat(markers.unswept()).containsExactly(M1);
        assertThat(admits(M1, marker(7, FORMER, NEXT))).isTrue();
        assertThat(Optional.of(markers.leading())).contains(LayoutText.of(FORMER));
    }
}
