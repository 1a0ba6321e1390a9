package io.mempair.ha.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.history.HistoryRecord.RecordKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class HistoryTest {

    private static HistoryRecord at(long atMillis, String node) {
        return new HistoryRecord(
                atMillis, node, RecordKind.ROLE, "standby", "active", 1, "started", "text " + atMillis, 0, -1);
    }

    @Test
    void theNewestOfEachNodeAreKept() {
        History history = new History();
        for (int i = 1; i <= 250; i++) {
            history.add(at(i, "a"));
        }
        history.add(at(1, "b"));

        assertThat(history.records()).hasSize(History.MAX_OF_A_NODE + 1);
        assertThat(history.records().get(0)).isEqualTo(at(1, "b"));
        assertThat(history.records().get(1)).isEqualTo(at(151, "a"));
        assertThat(history.add(at(150, "a"))).as("older than all that is kept").isFalse();
        assertThat(history.add(at(200, "a"))).as("known").isFalse();
    }

    @Test
    void noNumberOfNamesFillsTheMemory() {
        History history = new History();
        for (int i = 0; i < 1_000; i++) {
            history.add(at(1, "n" + i));
        }
        assertThat(history.records()).hasSize(4);
    }

    @Test
    void aClockThatWentBackMakesNoTwoRecordsOfOneTime() {
        History history = new History();
        history.add(at(1_000, "a"));

        assertThat(history.timeFor("a", 500)).isEqualTo(1_001);
        assertThat(history.timeFor("a", 2_000)).isEqualTo(2_000);
        assertThat(history.timeFor("b", 500)).isEqualTo(500);
    }

    @Test
    void twoThatTellEachOtherTheirPartsEndWithTheSameHoweverMuchIsLost() {
        for (long seed = 1; seed <= 50; seed++) {
            Random random = new Random(seed);
            History one = filled(random, "a");
            History other = filled(random, "b");

            int turns = 0;
            while (one.digest() != other.digest()) {
                assertThat(turns++).as("seed %s", seed).isLessThan(2_000);
                tell(one, other, turns, random);
                tell(other, one, turns, random);
            }

            assertThat(one.records()).as("seed %s", seed).isEqualTo(other.records());
        }
    }

    private static History filled(Random random, String name) {
        History history = new History();
        List<HistoryRecord> records = new ArrayList<>();
        for (int i = 0; i < random.nextInt(150); i++) {
            records.add(at(random.nextInt(1_000), random.nextInt(4) == 0 ? "a" : name));
        }
        records.forEach(history::add);
        return history;
    }

    private static void tell(History from, History to, int turn, Random random) {
        if (random.nextInt(3) != 0) {
            List<HistoryRecord> part = from.part(turn);
            assertThat(part).hasSizeLessThanOrEqualTo(History.PART);
            part.forEach(to::add);
        }
    }

    @Test
    void thePartsTogetherAreAllOfIt() {
        History history = new History();
        for (int i = 1; i <= 40; i++) {
            history.add(at(i, "a"));
        }

        List<HistoryRecord> told = new ArrayList<>();
        for (int turn = 0; turn < 3; turn++) {
            told.addAll(history.part(turn));
        }

        assertThat(history.part(0).get(15)).as("newest first").isEqualTo(at(40, "a"));
        assertThat(told).containsExactlyInAnyOrderElementsOf(history.records());
        assertThat(history.part(3)).isEqualTo(history.part(0));
        assertThat(new History().part(5)).isEmpty();
    }
}
