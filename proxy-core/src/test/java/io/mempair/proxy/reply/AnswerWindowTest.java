package io.mempair.proxy.reply;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.loop.LoopMemory;
import io.mempair.proxy.loop.MemoryBudget;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AnswerWindowTest {

    private final LoopMemory loop = new LoopMemory(MemoryBudget.unlimited(), 0, () -> {});
    private final AnswerWindow window = new AnswerWindow(loop);

    @Test
    void aClientNobodyKnowsMayAskForAUsualMultiGetAtOnce() {
        assertThat(window.room()).isBetween(16, 64);
    }

    @Test
    void whoGetsLargeAnswersWaitsForFewAtOnce() {
        window.asked(1);
        window.answered(1, 1_000_000);

        assertThat(window.room()).isEqualTo(8);
    }

    @Test
    void whoGetsSmallAnswersMayAskForThousands() {
        window.asked(32);
        window.answered(32, 32 * 100);
        assertThat(window.room()).isGreaterThan(10_000);

        AnswerWindow single = new AnswerWindow(loop);
        for (int i = 0; i < 120; i++) {
            single.asked(1);
            single.answered(1, 100);
        }
        assertThat(single.room()).isGreaterThan(2_000);
    }

    @Test
    void oneAnswerMayAlwaysBeAskedForHoweverLongItIs() {
        window.asked(1);
        window.answered(1, 1L << 30);
        assertThat(window.room()).isEqualTo(1);

        window.asked(1);
        assertThat(window.room()).isZero();
    }

    @Test
    void whileTheLoopExpectsMuchOnlySmallAnswersAreAskedForSeveralAtOnce() {
        AnswerWindow small = new AnswerWindow(loop);
        small.asked(32);
        small.answered(32, 32 * 100);
        for (int i = 0; i < 9; i++) {
            new AnswerWindow(loop).asked(32);
        }

        assertThat(new AnswerWindow(loop).room()).isEqualTo(1);
        assertThat(small.room()).isGreaterThan(100);
    }

    /** Whatever is asked and answered, nothing is expected when all has come, or the client has gone. */
    @Test
    void nothingStaysExpected() {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            AnswerWindow any = new AnswerWindow(loop);
            int outstanding = 0;
            for (int step = 0; step < 50; step++) {
                int room = any.room();
                assertThat(any.hasRoom()).isEqualTo(room > 0);
                if (room > 0 && random.nextBoolean()) {
                    int asked = 1 + random.nextInt(Math.min(room, 512));
                    any.asked(asked);
                    outstanding += asked;
                } else if (outstanding > 0) {
                    int answered = 1 + random.nextInt(outstanding);
                    any.answered(answered, random.nextInt(1_000_000));
                    outstanding -= answered;
                }
            }
            any.close();
        }

        assertThat(loop.expectsMuch()).isFalse();
        assertThat(loop.expectedBytes()).isZero();
    }
}
