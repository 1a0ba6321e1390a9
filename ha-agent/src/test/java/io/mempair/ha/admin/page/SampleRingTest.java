package io.mempair.ha.admin.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleRingTest {

    private static final int CAPACITY = 4;

    private final SampleRing ring = new SampleRing(CAPACITY);

    private static double[] row(double value) {
        double[] row = new double[Series.values().length];
        Arrays.fill(row, value);
        return row;
    }

    @Test
    void aNewRingHasNothing() {
        assertThat(ring.first()).isZero();
        assertThat(ring.next()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 5, 8, 9, 1_001})
    void theLastSamplesAreKeptUnderTheirNumbers(int samples) {
        for (int i = 0; i < samples; i++) {
            ring.add(1_000L * i, row(i));
        }

        assertThat(ring.next()).isEqualTo(samples);
        assertThat(ring.first()).isEqualTo(Math.max(0, samples - CAPACITY));
        assertThat(LongStream.range(ring.first(), ring.next())).allSatisfy(number -> {
            assertThat(ring.atMillis(number)).isEqualTo(1_000 * number);
            assertThat(ring.row(number)).isEqualTo(row(number));
        });
    }

    @Test
    void whatIsTakenOutDoesNotChangeWithTheRing() {
        ring.add(0, row(1));
        double[] taken = ring.row(0);

        ring.add(1, row(2));
        taken[0] = 7;

        assertThat(ring.row(0)).isEqualTo(row(1));
    }

    @Test
    void aRowOfAnotherLengthIsRefused() {
        assertThatThrownBy(() -> ring.add(0, new double[2])).hasMessageContaining("2 values");
    }
}
