package io.mempair.proxy.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CasTagTest {

    private static final int ONE = CasTag.of("10.0.0.1:11211", new ServerIdentity(10, 100));
    private static final int OTHER = CasTag.of("10.0.0.2:11211", new ServerIdentity(20, 200));

    @Test
    void whatAServerCountedIsGoodThereAndNowhereElse() {
        long told = CasTag.forClient(ONE, 4_711);

        assertThat(told).isBetween(1L << 61, (1L << 62) - 1);
        assertThat(CasTag.forServer(ONE, told)).isEqualTo(4_711);
        assertThat(CasTag.forServer(OTHER, told)).isEqualTo(CasTag.NO_ID);
        assertThat(CasTag.isShared(4_711)).isFalse();
    }

    @Test
    void whatANodeMadeIsGoodAtBothServers() {
        long made = new IdClock(7, 1_790_000_000_000L, 0).next(0);

        assertThat(CasTag.forClient(ONE, made)).isEqualTo(made).isEqualTo(CasTag.forClient(OTHER, made));
        assertThat(CasTag.forServer(ONE, made)).isEqualTo(made).isEqualTo(CasTag.forServer(OTHER, made));
        assertThat(CasTag.isShared(made)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 44, 1_790_000_000_000_000L, (1L << 61) - 1, 1L << 62, Long.MAX_VALUE, Long.MIN_VALUE})
    void whatAClientChoseBeyondWhatServersCountStays(long chosen) {
        assertThat(CasTag.forServer(ONE, CasTag.forClient(ONE, chosen))).isEqualTo(chosen);
        assertThat(CasTag.isShared(chosen)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 4_711, (1L << 44) - 1})
    void whatAServerCountsIsNotTakenFromAClientThatSawItElsewhere(long id) {
        assertThat(CasTag.forServer(ONE, id)).isEqualTo(CasTag.NO_ID);
    }

    @Test
    void anIdAClientChoseInTheShapeOfATaggedOneMatchesNothing() {
        long chosen = CasTag.forClient(ONE, 4_711);

        assertThat(CasTag.forServer(ONE, CasTag.forClient(ONE, chosen))).isEqualTo(CasTag.NO_ID);
        assertThat(CasTag.isShared(chosen)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anIdReadAtOneServerMatchesAtTheOtherOnlyTheVeryItem(long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < 100_000; step++) {
            long here = random.nextLong() >>> random.nextInt(64);
            long there = random.nextInt(3) == 0 ? here : random.nextLong() >>> random.nextInt(64);

            boolean matches = CasTag.forServer(OTHER, CasTag.forClient(ONE, here)) == there;

            assertThat(matches)
                    .as("seed %d step %d: %d read, %d there", seed, step, here, there)
                    .isEqualTo(here == there && CasTag.isShared(here));
        }
    }
}
