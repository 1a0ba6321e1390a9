package io.mempair.proxy.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.HashFunction;
import io.mempair.proxy.config.KeyPart;
import io.mempair.proxy.config.LayoutText;
import io.mempair.proxy.config.PlacementRule;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerLabel;
import io.mempair.proxy.testkit.TestTimeouts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MoveMarkerTest {

    private static final ServerAddress ONE = new ServerAddress("10.0.0.1", 11211);
    private static final ServerAddress TWO = new ServerAddress("2001:db8::2", 11300);
    private static final PoolConfig POOL =
            new PoolConfig(List.of(ONE), List.of(), Distribution.MODULO, TestTimeouts.PATIENT);

    private static final PlacementRule RULE = new PlacementRule(
            Distribution.LIBKETAMA,
            Optional.of(HashFunction.FNV1A_64),
            new KeyPart("{}", ""),
            Map.of(TWO, new ServerLabel("two", 3)));

    @Test
    void isReadAsItWasWritten() {
        PoolConfig next = POOL.placedBy(List.of(ONE, TWO), List.of(), RULE);
        MoveMarker marker = new MoveMarker(-7, LayoutText.of(POOL), LayoutText.of(next));
        assertThat(MoveMarker.read(marker.text() + "\r\n")).contains(marker);
        assertThat(LayoutText.read(marker.next(), POOL)).isEqualTo(next);
        assertThat(LayoutText.read(marker.former(), next)).isEqualTo(POOL);
    }

    @Test
    void namesTheBackupsToo() {
        PoolConfig next = POOL.placedBy(List.of(ONE), List.of(TWO), RULE);
        MoveMarker marker = new MoveMarker(7, LayoutText.of(next), LayoutText.of(POOL));
        assertThat(LayoutText.of(next)).isNotEqualTo(LayoutText.of(POOL.placedBy(List.of(ONE), List.of(), RULE)));
        assertThat(MoveMarker.read(marker.text() + "\r\n")).contains(marker);
        assertThat(LayoutText.read(marker.former(), POOL)).isEqualTo(next);
        assertThat(LayoutText.read(marker.next(), next)).isEqualTo(POOL);
    }

    @Test
    void isNothingElse() {
        assertThat(MoveMarker.read("")).isEmpty();
        assertThat(MoveMarker.isOne("an item of a client")).isFalse();
        assertThat(MoveMarker.isOne("mempair-rebalance 2 5")).isTrue();
        assertThat(MoveMarker.read("mempair-rebalance 1 x\nnext\n")).isEmpty();
        assertThat(MoveMarker.read("mempair-rebalance 2 5\nserver a\nnext\nserver b\n"))
                .isEmpty();
    }
}
