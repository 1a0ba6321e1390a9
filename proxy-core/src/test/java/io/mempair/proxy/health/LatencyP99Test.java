package io.mempair.proxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyP99Test {

    private final LatencyP99 slowest = new LatencyP99();

    @Test
    void aFewAnswersSayNothing() {
        for (int i = 0; i < 63; i++) {
            slowest.add(5);
        }
        assertThat(slowest.nanos()).isEqualTo(Long.MAX_VALUE);

        slowest.add(5);
        assertThat(slowest.nanos()).isEqualTo(5);
    }

    @Test
    void fiveOfTheLast512AreSlower() {
        long seed = 7;
        Random random = new Random(seed);
        long[] last = new long[512];
        for (int i = 0; i < 10_240; i++) {
            long took = random.nextInt(1_000_000);
            slowest.add(took);
            last[i % 512] = took;
        }
        Arrays.sort(last);

        assertThat(slowest.nanos()).as("seed %d", seed).isEqualTo(last[512 - 1 - 5]);
    }

    @Test
    void anOutlierIsNotTheRuleAndWhatWasIsForgotten() {
        for (int i = 0; i < 512; i++) {
            slowest.add(i % 200 == 0 ? 1_000_000 : 10);
        }
        assertThat(slowest.nanos()).isEqualTo(10);

        for (int i = 0; i < 512; i++) {
            slowest.add(3_000);
        }
        assertThat(slowest.nanos()).isEqualTo(3_000);
    }
}
