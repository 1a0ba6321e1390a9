package io.mempair.proxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LatencyBucketsTest {

    private static final long[] BOUNDS = LatencyBuckets.boundsNanos();

    static LongStream edges() {
        LongStream bounds = LongStream.of(BOUNDS);
        LongStream powers = LongStream.rangeClosed(0, 62).map(power -> 1L << power);
        return LongStream.concat(bounds, powers)
                .flatMap(edge -> LongStream.of(edge - 1, edge, edge == Long.MAX_VALUE ? edge : edge + 1));
    }

    @ParameterizedTest
    @MethodSource("edges")
    void aLatencyIsInTheFirstBucketWhoseBoundItDoesNotPass(long nanos) {
        int expected = 0;
        while (nanos > BOUNDS[expected]) {
            expected++;
        }

        assertThat(LatencyBuckets.of(nanos)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "0, 0", "50, 0", "51, 1", "1000, 4", "1001, 5", "10000000, 16", "10000001, 17"})
    void microsecondsAreWhereTheDocumentationSays(long micros, int bucket) {
        assertThat(LatencyBuckets.of(TimeUnit.MICROSECONDS.toNanos(micros))).isEqualTo(bucket);
    }

    /** What finding a bucket with one comparison relies on. */
    @Test
    void boundsDoubleAtLeast() {
        for (int i = 1; i < BOUNDS.length; i++) {
            assertThat(BOUNDS[i] / BOUNDS[i - 1]).isGreaterThanOrEqualTo(2);
        }
        assertThat(BOUNDS).hasSize(LatencyBuckets.count());
    }
}
