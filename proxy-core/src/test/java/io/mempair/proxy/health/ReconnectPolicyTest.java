package io.mempair.proxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReconnectPolicyTest {

    private final ReconnectPolicy policy =
            new ReconnectPolicy(Duration.ofMillis(50), Duration.ofSeconds(2), new Random(1));

    @Test
    void theFirstFailureIsRetriedAtOnceAndLaterOnesWithGrowingPauses() {
        assertThat(policy.failed()).isZero();
        for (long millis : new long[] {50, 100, 200, 400, 800, 1_600, 2_000, 2_000}) {
            assertThat(policy.failed()).isBetween(millis * 1_000_000, millis * 1_250_000);
        }
    }

    @Test
    void thePauseStaysBoundedHoweverLongTheServerIsGone() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(policy.failed()).isBetween(0L, Duration.ofMillis(2_500).toNanos());
        }
    }

    @Test
    void anAnswerMakesTheNextFailureAFirstOne() {
        policy.failed();
        policy.failed();
        policy.succeeded();

        assertThat(policy.failed()).isZero();
    }
}
