package io.mempair.proxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HedgeBudgetTest {

    private final HedgeBudget budget = new HedgeBudget();

    @Test
    void oneOfTenQuestionsMayBeAskedTwice() {
        int taken = 0;
        for (int i = 0; i < 10_000; i++) {
            budget.asked();
            taken += budget.take() ? 1 : 0;
        }

        assertThat(taken).isEqualTo(1_000);
    }

    @Test
    void whatWasSavedIsBounded() {
        assertThat(budget.take()).isFalse();
        for (int i = 0; i < 1_000_000; i++) {
            budget.asked();
        }
        int taken = 0;
        while (budget.take()) {
            taken++;
        }

        assertThat(taken).isEqualTo(10);
    }
}
