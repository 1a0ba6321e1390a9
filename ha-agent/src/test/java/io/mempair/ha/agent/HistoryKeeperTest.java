package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.Reason;
import io.mempair.ha.election.Role;
import io.mempair.ha.election.Transition;
import io.mempair.ha.group.OperatorMessage;
import io.mempair.ha.history.HistoryFile;
import io.mempair.ha.history.HistoryRecord;
import io.mempair.ha.time.SystemClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class HistoryKeeperTest {

    private static final Transition TO_ACTIVE =
            new Transition(Role.STANDBY, Role.ACTIVE, 3, new Reason(Reason.Cause.PEER_DIED, "b is dead"), 34_000_000);

    @TempDir
    private Path folder;

    private static HistoryKeeper keeper(String name, KeptGroup wire, Path folder) {
        return new HistoryKeeper(name, wire, folder == null ? null : new HistoryFile(folder), new SystemClock());
    }

    @Test
    void whatHappenedIsKnownAfterARestart() {
        KeptGroup wire = new KeptGroup();
        try (HistoryKeeper before = keeper("a", wire, folder)) {
            before.changed(TO_ACTIVE);
            before.reloaded(false, "a.yaml:3:1: wrong");
        }

        try (HistoryKeeper after = keeper("a", wire, folder)) {
            assertThat(after.records()).hasSize(2);
            assertThat(after.records().get(0)).satisfies(record -> {
                assertThat(record.node()).isEqualTo("a");
                assertThat(record.from()).isEqualTo("standby");
                assertThat(record.to()).isEqualTo("active");
                assertThat(record.epoch()).isEqualTo(3);
                assertThat(record.cause()).isEqualTo("peer_died");
                assertThat(record.text()).isEqualTo("b is dead");
                assertThat(record.tookMillis()).isEqualTo(34);
                assertThat(record.gapMillis()).as("nobody was known to serve").isEqualTo(HistoryRecord.NO_GAP);
            });
            assertThat(after.records().get(1).to()).isEqualTo("refused");
        }
    }

    @Test
    void aPeerThatWasAwayLearnsAllOfItAndThenNothingIsToldAnyMore() {
        KeptGroup ofA = new KeptGroup();
        KeptGroup ofB = new KeptGroup();
        try (HistoryKeeper a = keeper("a", ofA, null);
                HistoryKeeper b = keeper("b", ofB, null)) {
            for (int i = 0; i < 50; i++) {
                a.changed(TO_ACTIVE);
            }
            b.reloaded(true, "nothing changed");
            ofA.told.clear();
            ofB.told.clear();

            for (int second = 0; a.digest() != b.digest(); second++) {
                assertThat(second).isLessThan(10);
                a.compare(b.digest());
                b.compare(a.digest());
                deliver(ofA, b);
                deliver(ofB, a);
            }

            assertThat(a.records()).hasSize(51).isEqualTo(b.records());
            a.compare(b.digest());
            assertThat(ofA.told).isEmpty();
        }
    }

    private static void deliver(KeptGroup from, HistoryKeeper to) {
        from.told.forEach(message -> to.heard((OperatorMessage.Past) message));
        from.told.clear();
    }

    @Test
    void aFolderThatCannotBeWrittenCostsOnlyTheFile() throws IOException {
        Path noFolder = Files.writeString(folder.resolve("file"), "");

        try (HistoryKeeper a = keeper("a", new KeptGroup(), noFolder)) {
            a.changed(TO_ACTIVE);
            assertThat(a.records()).hasSize(1);
        }
    }
}
