package io.mempair.proxy.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HoldDownTest {

    private final HoldDown holdDown = new HoldDown(100, 1_000, 10_000);

    @Test
    void theFirstFailureHoldsNothingDown() {
        holdDown.failed(5);
        assertThat(holdDown.isOver(5)).isTrue();
    }

    @Test
    void failuresSoonAfterAReturnHoldLongerEachTimeUpToABound() {
        long now = 0;
        for (long expected : new long[] {0, 100, 200, 400, 800, 1_000, 1_000}) {
            holdDown.failed(now);
            holdDown.failed(now + expected / 2);
            assertThat(holdDown.isOver(now + expected - 1)).isFalse();
            assertThat(holdDown.isOver(now + expected)).isTrue();
            now += expected + 1;
            holdDown.returned(now);
            now++;
        }
    }

    @Test
    void quietServiceIsForgiveness() {
        holdDown.failed(0);
        holdDown.returned(1);
        holdDown.failed(2);
        holdDown.returned(200);

        holdDown.failed(200 + 10_000);

        assertThat(holdDown.isOver(200 + 10_000)).isTrue();
    }
}
