package io.mempair.proxy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The checker of counters finds the lies that are planted, and no others. */
class CounterHistoryTest {

    private final CounterHistory counter = new CounterHistory();

    @Test
    void incrementsCountOnce() {
        counter.begin();
        assertThat(counter.incremented(1, 0)).isEmpty();
        assertThat(counter.wrongValue(0, counter.atLeast())).as("lost").isPresent();
        assertThat(counter.wrongValue(1, counter.atLeast())).isEmpty();
        assertThat(counter.wrongValue(2, counter.atLeast())).as("twice").isPresent();
    }

    @Test
    void aLookThatBeganEarlierMaySeeLess() {
        long before = counter.atLeast();
        counter.begin();
        assertThat(counter.incremented(1, before)).isEmpty();
        assertThat(counter.wrongValue(0, before)).isEmpty();
    }

    @Test
    void oneThatFailedCountsAtMostOnce() {
        counter.begin();
        counter.begin();
        assertThat(counter.incremented(1, 0)).isEmpty();
        assertThat(counter.wrongValue(2, counter.atLeast())).isEmpty();
        assertThat(counter.wrongValue(3, counter.atLeast())).isPresent();
    }

    @Test
    void twoAnswersAreNotTheSame() {
        counter.begin();
        counter.begin();
        assertThat(counter.incremented(1, 0)).isEmpty();
        assertThat(counter.incremented(1, 0)).isPresent();
    }

    @Test
    void aCounterDoesNotGoBack() {
        counter.begin();
        counter.begin();
        assertThat(counter.incremented(2, 0)).isEmpty();
        counter.begin();
        assertThat(counter.incremented(1, counter.atLeast())).isPresent();
    }

    @Test
    void whatWasHeldWhenAllWasQuietIsWhatCounts() {
        counter.begin();
        assertThat(counter.settle(0)).isEmpty();
        assertThat(counter.wrongValue(1, counter.atLeast())).isPresent();
        counter.begin();
        assertThat(counter.incremented(1, 0)).isEmpty();
        assertThat(counter.settle(0)).isPresent();
    }
}
