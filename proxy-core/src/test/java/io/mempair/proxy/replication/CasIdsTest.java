package io.mempair.proxy.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CasIdsTest {

    private static final int ONE = CasTag.of("10.0.0.1:11211", null);
    private static final int OTHER = CasTag.of("10.0.0.2:11211", null);

    private final CasIds ids = new CasIds();

    private long told(int tag, long id) {
        return ids.areCounted() ? id : CasTag.forClient(tag, id);
    }

    @Test
    void nothingIsChangedBeforeKeysMove() {
        assertThat(ids.areCounted()).isTrue();
        assertThat(ids.forServer(ONE, 4_711)).isEqualTo(4_711);
        assertThat(ids.forServer(ONE, -1)).isEqualTo(-1);
    }

    @Test
    void whatAClientReadBeforeIsGoodUntilKeysMove() {
        long before = told(ONE, 4_711);
        ids.keysMayMove();

        assertThat(ids.forServer(ONE, before)).isEqualTo(4_711);
        assertThat(ids.forServer(ONE, told(ONE, 4_712))).isEqualTo(4_712);

        ids.keysMove();

        assertThat(ids.forServer(ONE, before)).isEqualTo(CasTag.NO_ID);
    }

    @Test
    void itNeverGoesBackToCountedIds() {
        ids.keysMove();
        ids.keysMayMove();

        assertThat(ids.areCounted()).isFalse();
        assertThat(ids.forServer(ONE, 4_711)).isEqualTo(CasTag.NO_ID);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anIdReadAtOneServerMatchesNoneThatAnotherOneCounts(long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < 10_000; step++) {
            CasIds fresh = new CasIds();
            long counted = 1 + random.nextInt(3);
            long there = 1 + random.nextInt(3);
            if (random.nextBoolean()) {
                fresh.keysMayMove();
            }
            long told = fresh.areCounted() ? counted : CasTag.forClient(ONE, counted);
            fresh.keysMove();

            assertThat(fresh.forServer(OTHER, told))
                    .as("seed %d step %d", seed, step)
                    .isNotEqualTo(there);
        }
    }
}
