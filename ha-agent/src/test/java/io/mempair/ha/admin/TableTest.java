package io.mempair.ha.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.admin.Table.TableRow;
import io.mempair.ha.admin.Table.Tone;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class TableTest {

    @Test
    void whatIsWrittenIsReadAgain() {
        List<Table> tables = List.of(
                new Table(List.of(TableRow.of(Tone.GOOD, "fine"))),
                new Table(List.of(TableRow.of(Tone.HEADING, "a", "b"), TableRow.of(Tone.BAD, "", "x", ""))));

        assertThat(Table.read(Table.write(tables))).isEqualTo(tables);
    }

    @Test
    void noTextOfACellEndsTheCellOrTheRow() {
        Table table = new Table(List.of(TableRow.of(Tone.PLAIN, "one\ttwo\r\nthree\u001b[31m", "four")));

        assertThat(Table.write(List.of(table))).isEqualTo("p\tone two three [31m\tfour");
    }

    @Test
    void aToneOfALaterVersionIsPlain() {
        assertThat(Table.read("z\tx")).containsExactly(new Table(List.of(TableRow.of(Tone.PLAIN, "x"))));
    }
}
