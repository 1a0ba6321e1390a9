package io.mempair.ha.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.admin.Table;
import io.mempair.ha.admin.Table.TableRow;
import io.mempair.ha.admin.Table.Tone;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine.Help.Ansi;

@Timeout(10)
class TableViewTest {

    private static final String LONG = "memcached-with-a-long-name.example.org:11211";

    private static final List<Table> TABLES = List.of(
            new Table(List.of(new TableRow(Tone.GOOD, List.of("fine")))),
            new Table(List.of(
                    new TableRow(Tone.PLAIN, List.of("server", LONG, "primary, up")),
                    new TableRow(Tone.BAD, List.of("server", "m1:1", "@|red no markup|@")),
                    new TableRow(Tone.PLAIN, List.of("clients")))));

    @Test
    void aLongNameIsNotGluedToWhatFollows() {
        assertThat(TableView.of(TABLES, Ansi.OFF).lines())
                .containsExactly(
                        "fine",
                        "",
                        "server   " + LONG + "  primary, up",
                        "server   m1:1" + " ".repeat(LONG.length() - 2) + "@|red no markup|@",
                        "clients");
    }

    @Test
    void coloursAreOfTheRowAndOnlyWhereTheyAreWanted() {
        assertThat(TableView.of(TABLES, Ansi.ON)).contains("\u001b[32mfine").contains("\u001b[31mserver");
        assertThat(TableView.of(TABLES, Ansi.OFF)).doesNotContain("\u001b");
    }
}
