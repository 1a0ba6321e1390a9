package io.mempair.proxy.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaceTest {

    private static final long SECOND = 1_000_000_000;

    @ParameterizedTest
    @CsvSource({"1, 0", "999, 0", "1000, 9223372036854775000", "30000, -5", "1000000, -9223372036854775000"})
    void soManyKeysASecondAreTakenAndNoMore(int keysPerSecond, long startNanos) {
        Pace pace = new Pace(keysPerSecond, startNanos);
        long now = startNanos;
        long taken = 0;
        while (now - startNanos < 3 * SECOND) {
            long pause = pace.pauseNanos(now);
            if (pause > 0) {
                now += pause;
            } else {
                pace.took(now);
                taken++;
            }
        }

        assertThat(taken)
                .isBetween(3L * keysPerSecond - keysPerSecond / 10 - 1, 3L * keysPerSecond + keysPerSecond / 10 + 1);
    }

    @ParameterizedTest
    @CsvSource({"100, 6", "1000, 51"})
    void whatWasNotTakenForLongDoesNotFollowAllAtOnce(int keysPerSecond, int most) {
        Pace pace = new Pace(keysPerSecond, 0);
        int taken = 0;
        while (pace.pauseNanos(60 * SECOND) == 0) {
            pace.took(60 * SECOND);
            taken++;
        }

        assertThat(taken).isLessThanOrEqualTo(most);
    }
}
