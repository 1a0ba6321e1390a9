package io.mempair.proxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerLatenciesTest {

    private static final long MICROSECOND = 1_000;

    private final ServerLatencies latencies = new ServerLatencies();

    private static List<Long> counts(int bucket, long count) {
        List<Long> counts = new ArrayList<>(Collections.nCopies(LatencyBuckets.count(), 0L));
        counts.set(bucket, count);
        return counts;
    }

    @Test
    void loopsAreAddedUp() {
        LoopLatencies one = latencies.ofOneLoop();
        LoopLatencies other = latencies.ofOneLoop();
        one.count(TimedCommand.SET, 60 * MICROSECOND);
        one.count(TimedCommand.SET, 70 * MICROSECOND);
        other.count(TimedCommand.SET, 80 * MICROSECOND);

        ServerLatencies.Histogram histogram = latencies.histogram(TimedCommand.SET);

        assertThat(histogram.counts()).isEqualTo(counts(1, 3));
        assertThat(histogram.sumNanos()).isEqualTo(210 * MICROSECOND);
    }

    @Test
    void commandsAreKeptApartUpToTheLastBucket() {
        LoopLatencies loop = latencies.ofOneLoop();
        for (TimedCommand command : TimedCommand.values()) {
            loop.count(command, Long.MAX_VALUE / 2);
            loop.count(TimedCommand.GET, 0);
        }

        for (TimedCommand command : TimedCommand.values()) {
            List<Long> expected = counts(LatencyBuckets.count() - 1, 1);
            if (command == TimedCommand.GET) {
                expected.set(0, (long) TimedCommand.values().length);
            }
            assertThat(latencies.histogram(command).counts()).isEqualTo(expected);
            assertThat(latencies.histogram(command).sumNanos()).isEqualTo(Long.MAX_VALUE / 2);
        }
    }

    @Test
    void whatWasNeverCountedIsEmpty() {
        latencies.ofOneLoop().count(TimedCommand.GET, 1);

        assertThat(latencies.histogram(TimedCommand.GET).isEmpty()).isFalse();
        assertThat(latencies.histogram(TimedCommand.DELETE).isEmpty()).isTrue();
    }
}
