package io.mempair.ha.probe;

import static io.mempair.ha.probe.ProbeOutcome.ANSWERED;
import static io.mempair.ha.probe.ProbeOutcome.REFUSED;
import static io.mempair.ha.probe.ProbeOutcome.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeTallyTest {

    private static final long PERIOD = 5;

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000, Long.MAX_VALUE - 20})
    void theLongestOutageIsTheGapBetweenTwoAnswersLessThePeriod(long start) {
        var tally = new ProbeTally(PERIOD, start);
        tally.record(ANSWERED, start + 0, start + 5);
        tally.record(ANSWERED, start + 5, start + 10);
        tally.record(REFUSED, start + 10, start + 15);
        tally.record(REFUSED, start + 15, start + 20);
        tally.record(ANSWERED, start + 40, start + 45);
        tally.record(ANSWERED, start + 45, start + 50);

        ProbeSummary summary = tally.summary(start + 52);

        assertThat(summary.longestNanos()).isEqualTo(30);
        assertThat(summary.outages()).isEqualTo(1);
        assertThat(summary.lasting()).isFalse();
        assertThat(summary.count(REFUSED)).isEqualTo(2);
        assertThat(summary.total()).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 20})
    void anOutageThatHasNotEndedCountsUntilNow(long start) {
        var tally = new ProbeTally(PERIOD, start);
        tally.record(ANSWERED, start + 0, start + 5);
        tally.record(REFUSED, start + 5, start + 10);

        ProbeSummary summary = tally.summary(start + 110);

        assertThat(summary.longestNanos()).isEqualTo(100);
        assertThat(summary.lasting()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 20})
    void aLateFailureOfAnAttemptFromBeforeTheLastAnswerIsNoNewOutage(long start) {
        var tally = new ProbeTally(PERIOD, start);
        tally.record(ANSWERED, start, start + 5);
        tally.record(ANSWERED, start + 40, start + 45);
        tally.record(TIMEOUT, start + 10, start + 50);

        ProbeSummary summary = tally.summary(start + 52);

        assertThat(summary.count(TIMEOUT)).isEqualTo(1);
        assertThat(summary.lasting()).isFalse();
        assertThat(summary.longestNanos()).isEqualTo(35);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 20})
    void withoutAnyAnswerTheWholeRunIsTheOutage(long start) {
        ProbeSummary summary = new ProbeTally(PERIOD, start).summary(start + 105);

        assertThat(summary.longestNanos()).isEqualTo(100);
        assertThat(summary.outages()).isEqualTo(1);
        assertThat(summary.lasting()).isTrue();
    }
}
