package io.mempair.ha.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TallyTest {

    private static final long MILLI = 1_000_000;

    @Test
    void aClosedLoopCountsWhatIsAnsweredInTheWindow() {
        var tally = new Tally(false);
        tally.answered(0, MILLI);
        tally.window(10 * MILLI, 20 * MILLI);
        tally.answered(8 * MILLI, 9 * MILLI);
        tally.answered(9 * MILLI, 10 * MILLI);
        tally.answered(19 * MILLI, 20 * MILLI);

        assertThat(tally.latencies().requests()).isOne();
        assertThat(tally.latencies().maxNanos()).isBetween(MILLI, MILLI + MILLI / 500);
    }

    @Test
    void anOpenLoopCountsWhatWasDueInTheWindow() {
        var tally = new Tally(true);
        tally.window(10 * MILLI, 20 * MILLI);
        tally.answered(9 * MILLI, 10 * MILLI);
        tally.answered(19 * MILLI, 50 * MILLI);

        assertThat(tally.latencies().requests()).isOne();
        assertThat(tally.latencies().maxNanos()).isGreaterThan(30 * MILLI);
    }

    @Test
    void anIntervalHasWhatHappenedSinceTheLast() {
        var tally = new Tally(false);
        tally.window(10 * MILLI, 40 * MILLI);
        tally.answered(0, 5 * MILLI);
        tally.answered(0, 15 * MILLI);
        tally.wrong(2, "bad");

        BenchInterval first = tally.endInterval(20 * MILLI);
        tally.answered(20 * MILLI, 21 * MILLI);
        tally.answered(21 * MILLI, 22 * MILLI);
        BenchInterval second = tally.endInterval(40 * MILLI);

        assertThat(first.latencies().requests()).as("warm-up left out").isOne();
        assertThat(first.faults().wrong()).isEqualTo(2);
        assertThat(first.requestsPerSecond()).isEqualTo(100);
        assertThat(second.endNanos()).isEqualTo(30 * MILLI);
        assertThat(second.latencies().requests()).isEqualTo(2);
        assertThat(second.latencies().maxNanos()).isLessThan(2 * MILLI);
        assertThat(second.faults().none()).isTrue();
        assertThat(second.requestsPerSecond()).isEqualTo(100);
        assertThat(tally.faults().wrong()).isEqualTo(2);
        assertThat(tally.firstProblem()).isEqualTo("bad");
    }

    @Test
    void cpuTimeIsReadBehindWhateverNameAProcessHas() {
        String stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 3 4 20 0 9 0 1 2 3";

        assertThat(ProcessCpu.usedNanos(stat)).isEqualTo(3_000 * MILLI);
    }
}
