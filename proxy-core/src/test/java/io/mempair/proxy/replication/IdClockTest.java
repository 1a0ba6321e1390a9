package io.mempair.proxy.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdClockTest {

    /** A day of 2026. */
    private static final long WALL_MILLIS = 1_790_000_000_000L;

    private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);

    private static IdClock clock(int node) {
        return new IdClock(node, WALL_MILLIS, 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void idsRiseWhateverTheClockDoes(long seed) {
        Random random = new Random(seed);
        long nanos = random.nextLong();
        IdClock ids = new IdClock(random.nextInt(), WALL_MILLIS, nanos);
        long before = 0;

        for (int step = 0; step < 10_000; step++) {
            nanos += random.nextInt(4) == 0 ? random.nextLong(2 * HOUR_NANOS) - HOUR_NANOS : random.nextInt(3);
            long id = ids.next(nanos);
            assertThat(id).as("seed %d step %d", seed, step).isGreaterThan(before);
            assertThat(CasTag.isShared(id)).as("seed %d step %d", seed, step).isTrue();
            before = id;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE / 2, -1, 0, 1_577_836_799_999L, 4_000_000_000_000L, Long.MAX_VALUE / 2})
    void aClockThatIsAbsurdStillGivesIdsThatRise(long wallMillis) {
        IdClock ids = new IdClock(1, wallMillis, 0);
        long before = ids.next(0);

        for (int i = 0; i < 5_000; i++) {
            long id = ids.next(i);
            assertThat(id).isGreaterThan(before).isGreaterThanOrEqualTo(1L << 62);
            before = id;
        }
    }

    @Test
    void anIdIsLargerThanThoseThatWereSeenOfANodeThatIsAhead() {
        long ofOther = new IdClock(2, WALL_MILLIS + 3_600_000, 0).next(0);
        IdClock ids = clock(1);

        ids.seen(ofOther, 0);

        assertThat(ids.next(0)).isGreaterThan(ofOther);
    }

    @Test
    void anIdFarAheadOrOfAnotherKindMovesNothing() {
        long expected = clock(1).next(0);
        IdClock ids = clock(1);

        ids.seen(new IdClock(2, WALL_MILLIS + TimeUnit.DAYS.toMillis(2), 0).next(0), 0);
        ids.seen(Long.MAX_VALUE, 0);
        ids.seen(-1, 0);
        ids.seen((1L << 62) - 1, 0);
        ids.seen(0, 0);

        assertThat(ids.next(0)).isEqualTo(expected);
    }

    @Test
    void twoNodesNeverMakeTheSame() {
        Set<Long> made = new HashSet<>();
        int nodes = 1 << IdClock.NODE_BITS;
        for (int node = 0; node < nodes; node += 89) {
            IdClock ids = clock(node);
            for (int i = 0; i < 2_000; i++) {
                made.add(ids.next(i));
            }
        }

        assertThat(made).hasSize((nodes / 89 + 1) * 2_000);
    }

    @Test
    void moreThanTheCountHoldsInOneMillisecondRunOnIntoTheNext() {
        IdClock ids = clock(1);
        long first = ids.next(0);
        long last = first;
        for (int i = 0; i < 5_000; i++) {
            last = ids.next(0);
        }

        assertThat(ids.next(TimeUnit.MILLISECONDS.toNanos(4))).isGreaterThan(last);
        assertThat((last - first) >>> IdClock.NODE_BITS).isEqualTo(5_000);
    }

    @Test
    void loopsThatAskAtTheSameTimeAreGivenDifferentOnesThatRise() {
        IdClock ids = clock(1);
        List<CompletableFuture<List<Long>>> loops = new ArrayList<>();
        for (int loop = 0; loop < 4; loop++) {
            loops.add(CompletableFuture.supplyAsync(() -> {
                List<Long> made = new ArrayList<>();
                for (int i = 0; i < 20_000; i++) {
                    made.add(ids.next(i));
                }
                return made;
            }));
        }

        Set<Long> all = new HashSet<>();
        for (CompletableFuture<List<Long>> loop : loops) {
            List<Long> made = loop.orTimeout(20, TimeUnit.SECONDS).join();
            assertThat(made).isSorted();
            all.addAll(made);
        }
        assertThat(all).hasSize(80_000);
    }
}
