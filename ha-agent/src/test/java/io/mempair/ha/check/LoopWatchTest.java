package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopWatchTest {

    private static final long MS = 1_000_000;

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 1_000 * MS})
    void aLoopThatDoesNotComeRoundIsNamedAfterTheLimitAndGoodAfterASecond(long start) {
        LoopWatch watch = new LoopWatch(2_000 * MS, 300 * MS, start);
        long now = start;

        for (; now - start < 2_000 * MS; now += 100 * MS) {
            assertThat(watch.look(new long[] {0, now - start}, now)).isEmpty();
        }
        assertThat(watch.look(new long[] {0, now - start}, now))
                .containsExactly("event loop 1 stuck for more than 2000 ms: take a thread dump (jstack) and restart the"
                        + " node");
        long back = now;
        for (; now - back < 1_000 * MS; now += 100 * MS) {
            assertThat(watch.look(new long[] {0, 0}, now + 1)).hasSize(1);
        }
        assertThat(watch.look(new long[] {0, 0}, now + 1)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 1_000 * MS})
    void aPauseOfTheWholeProcessMakesNoLoopStuck(long start) {
        LoopWatch watch = new LoopWatch(2_000 * MS, 300 * MS, start);
        watch.look(new long[] {0}, start);
        long woken = start + 60_000 * MS;

        List<String> atOnce = watch.look(new long[] {60_000 * MS}, woken);
        List<String> later = watch.look(new long[] {60_100 * MS}, woken + 100 * MS);

        assertThat(atOnce).isEmpty();
        assertThat(later).isEmpty();
    }
}
