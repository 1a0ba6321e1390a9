package io.mempair.proxy.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DelayedFlushTest {

    private static final long WALL_MILLIS = 1_800_000_000_500L;
    private static final long START_NANOS = Long.MAX_VALUE - 5;
    private static final long ASKED_NANOS = START_NANOS + TimeUnit.SECONDS.toNanos(10);

    private final PeerKnowledge peers = new PeerKnowledge();
    private final DelayedFlush flush = new DelayedFlush(peers, WALL_MILLIS, START_NANOS);

    @Test
    void isOverOnlyAWhileAfterItWasDue() {
        assertThat(flush.isOver(ASKED_NANOS, 5)).isTrue();

        flush.ordered(1, ASKED_NANOS);
        DelayedFlush.Moment moment = flush.pending();
        assertThat(flush.isOver(moment.dueNanos() + 6, 5)).isFalse();

        flush.done(moment);
        assertThat(flush.isOver(moment.dueNanos() - 1, 5)).isFalse();
        assertThat(flush.isOver(moment.dueNanos() + 5, 5)).isFalse();
        assertThat(flush.isOver(moment.dueNanos() + 6, 5)).isTrue();
    }

    /** Unix time was 1800000010.5 when it was asked for. */
    @ParameterizedTest
    @CsvSource({
        "1, 1000",
        "8, 8000",
        "2592000, 2592000000",
        "1800000011, 500",
        "1800000100, 89500",
        "2147483647, 347483636500",
    })
    void aDelayIsSecondsOrAMomentAsInMemcached(long delay, long leftMillis) {
        assertThat(flush.ordered(delay, ASKED_NANOS)).isTrue();

        assertThat(flush.leftMillis(ASKED_NANOS)).isEqualTo(leftMillis);
        assertThat(flush.leftMillis(ASKED_NANOS + TimeUnit.MILLISECONDS.toNanos(400)))
                .isEqualTo(leftMillis - 400);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, 2_592_001, 1_800_000_010})
    void aFlushWithoutADelayTakesThePlaceOfTheOneToCome(long delay) {
        assertThat(flush.ordered(delay, ASKED_NANOS)).as("nothing was to come").isFalse();
        flush.ordered(8, ASKED_NANOS);
        long before = peers.version();

        assertThat(flush.ordered(delay, ASKED_NANOS)).isTrue();

        assertThat(flush.pending()).isNull();
        assertThat(flush.leftMillis(ASKED_NANOS)).isEqualTo(ServerKnowledge.NO_FLUSH);
        assertThat(peers.version()).isGreaterThan(before);
    }

    @Test
    void aLaterFlushTakesThePlaceOfAnEarlier() {
        flush.ordered(8, ASKED_NANOS);
        DelayedFlush.Moment first = Objects.requireNonNull(flush.pending());

        flush.ordered(100, ASKED_NANOS);
        flush.done(first);

        assertThat(flush.leftMillis(ASKED_NANOS)).isEqualTo(100_000);
    }

    @Test
    void peersHearOfEveryChange() {
        List<Long> left = new ArrayList<>();
        peers.onChange(() -> left.add(flush.leftMillis(ASKED_NANOS)));

        flush.ordered(8, ASKED_NANOS);
        flush.done(Objects.requireNonNull(flush.pending()));

        assertThat(left).containsExactly(8_000L, ServerKnowledge.NO_FLUSH);
    }

    @Test
    void aPeerCountsByItsOwnClock() {
        DelayedFlush other = new DelayedFlush(new PeerKnowledge(), 0, 0);
        flush.ordered(8, ASKED_NANOS);

        other.learn(flush.leftMillis(ASKED_NANOS), 77);
        assertThat(other.leftMillis(77 + TimeUnit.SECONDS.toNanos(3))).isEqualTo(5_000);
        assertThat(other.leftMillis(77 + TimeUnit.SECONDS.toNanos(30))).isZero();

        other.learn(ServerKnowledge.NO_FLUSH, 77);
        assertThat(other.pending()).isNull();
    }
}
