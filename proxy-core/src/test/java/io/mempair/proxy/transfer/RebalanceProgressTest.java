package io.mempair.proxy.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.rebalance.RebalancePhase;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RebalanceProgressTest {

    private static RebalanceProgress progress(RebalancePhase phase, long expected, long visited, long left) {
        return new RebalanceProgress(
                1, phase, 1, "[m1] -> [m2]", 0, expected, visited, visited, 0, 0, 0, 0, 0, 9, left, "why");
    }

    @Test
    void theTimeLeftFollowsFromTheSpeedSoFar() {
        assertThat(RebalanceProgress.secondsLeft(1_000, 0, 0, 100))
                .as("nothing is done yet")
                .isEqualTo(10);
        assertThat(RebalanceProgress.secondsLeft(1_000, 500, TimeUnit.SECONDS.toNanos(20), 100))
                .isEqualTo(20);
        assertThat(RebalanceProgress.secondsLeft(1_000, 1_200, TimeUnit.SECONDS.toNanos(20), 100))
                .as("more keys than expected")
                .isZero();
        assertThat(RebalanceProgress.secondsLeft(0, 5, 1, 100)).isEqualTo(-1);
        assertThat(RebalanceProgress.secondsLeft(Long.MAX_VALUE, 1, Long.MAX_VALUE, 1))
                .isPositive();
    }

    @Test
    void theLineBeginsWithWhatAReaderWants() {
        assertThat(progress(RebalancePhase.COPY, 2_000, 960, 65).toString())
                .startsWith("rebalance 1  copy, 48 %, about 65 s left  [m1] -> [m2]  960 copied of about 2000, ")
                .endsWith("9 s: why");
        assertThat(progress(RebalancePhase.COPY, 2_000, 4_000, -1).summary()).isEqualTo("copy, 100 %");
        assertThat(progress(RebalancePhase.COPY, 0, 0, -1).summary()).isEqualTo("copy");
        assertThat(progress(RebalancePhase.DONE, 2_000, 2_000, -1).summary()).isEqualTo("done");
    }
}
