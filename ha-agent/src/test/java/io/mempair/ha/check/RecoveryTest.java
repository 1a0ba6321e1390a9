package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryTest {

    private static final long RISE = 1_000;

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 500, -77})
    void whatIsBadIsBadAtOnceAndGoodOnlyAfterTheRise(long start) {
        Recovery recovery = new Recovery(RISE);

        assertThat(recovery.look(true, start)).isTrue();
        assertThat(recovery.look(false, start + 1)).isFalse();
        assertThat(recovery.look(true, start + 2)).isFalse();
        assertThat(recovery.look(true, start + 2 + RISE - 1)).isFalse();
        assertThat(recovery.look(true, start + 2 + RISE)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 500})
    void whatFlapsStaysBad(long start) {
        Recovery recovery = new Recovery(RISE);
        recovery.look(false, start);

        for (long now = start; now - start < 10 * RISE; now += RISE - 1) {
            assertThat(recovery.look(true, now)).as("at %d", now - start).isFalse();
            recovery.look(false, now);
        }
    }
}
