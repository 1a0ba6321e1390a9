package io.mempair.ha.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.history.HistoryRecord.RecordKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class HistoryRecordTest {

    private static final HistoryRecord ROLE = new HistoryRecord(
            1_790_000_000_123L,
            "a",
            RecordKind.ROLE,
            "standby",
            "active",
            12,
            "peer_died",
            "b is dead: connection refused",
            34,
            71);

    @Test
    void aRecordIsOneLineAndReadAgain() {
        assertThat(ROLE.line())
                .isEqualTo("1\t1790000000123\ta\trole\tstandby\tactive\t12\tpeer_died\t34\t71\tb is dead: connection"
                        + " refused");
        assertThat(HistoryRecord.of(ROLE.line())).contains(ROLE);
    }

    @Test
    void noTextEndsTheLineOrIsLongerThanItMay() {
        HistoryRecord reload = new HistoryRecord(
                1, "a", RecordKind.RELOAD, "", "refused", 0, "", "x\n\ty\u001b[2J" + "z".repeat(500), 0, -1);

        assertThat(reload.text()).startsWith("x y [2Jz").hasSize(HistoryRecord.MAX_TEXT);
        assertThat(HistoryRecord.of(reload.line())).contains(reload);
    }

    @Test
    void fieldsOfALaterVersionAreIgnored() {
        assertThat(HistoryRecord.of(ROLE.line() + "\tmore\tand more")).contains(ROLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1\t2",
                "2\t1\ta\trole\t\t\t1\t\t1\t-1\t",
                "1\t-1\ta\trole\t\t\t1\t\t1\t-1\t",
                "1\t1\t\trole\t\t\t1\t\t1\t-1\t",
                "1\t1\ta\tnothing\t\t\t1\t\t1\t-1\t",
                "1\t1\ta\trole\t\t\tx\t\t1\t-1\t",
                "1\t1\ta\trole\t\t\t1\t\t1\t-2\t",
            })
    void aDamagedLineIsNoRecord(String line) {
        assertThat(HistoryRecord.of(line)).isEmpty();
    }
}
