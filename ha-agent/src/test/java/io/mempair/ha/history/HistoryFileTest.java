package io.mempair.ha.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mempair.ha.history.HistoryRecord.RecordKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(10)
class HistoryFileTest {

    private static final List<HistoryRecord> RECORDS = List.of(
            new HistoryRecord(1, "a", RecordKind.ROLE, "standby", "active", 1, "started", "ein Grund: ü", 3, 4),
            new HistoryRecord(2, "a", RecordKind.RELOAD, "", "applied", 0, "", "nothing changed", 0, -1));

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsReadAgainAndNothingElseIsLeft() throws IOException {
        HistoryFile file = new HistoryFile(folder);
        assertThat(file.read()).isEmpty();

        file.write(RECORDS.subList(0, 1));
        file.write(RECORDS);

        assertThat(new HistoryFile(folder).read()).isEqualTo(RECORDS);
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactly(file.path());
        }
    }

    @Test
    void aDamagedLineIsLeftOut() throws IOException {
        HistoryFile file = new HistoryFile(folder);
        file.write(RECORDS);
        Files.writeString(file.path(), "1\t17\nnonsense\n\n", StandardOpenOption.APPEND);

        assertThat(file.read()).isEqualTo(RECORDS);
    }

    @Test
    void whatIsNoTextIsAFailureThatIsToldAndNoEnd() throws IOException {
        HistoryFile file = new HistoryFile(folder);
        Files.write(file.path(), new byte[] {(byte) 0xC0, (byte) 0xAF, '\n'});

        assertThatThrownBy(file::read).isInstanceOf(IOException.class);
    }
}
