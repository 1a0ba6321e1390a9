package io.mempair.ha.admin;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Rows that the program which answers has put together, and the one that asks aligns and colours. As text a row is a line: the
 * letter of its tone and the cells, with tabs between; an empty line ends a table.
 *
 * @param rows  from top to bottom, each with as many cells as it likes
 */
public record Table(List<TableRow> rows) {

    private static final String SEPARATOR = "\t";

    public Table {
        rows = List.copyOf(rows);
    }

    /** How a row is meant; the letter stands for it on the wire. */
    public enum Tone {
        PLAIN('p'),
        HEADING('h'),
        GOOD('g'),
        WARNING('w'),
        BAD('b');

        private final char letter;

        Tone(char letter) {
            this.letter = letter;
        }

        private static Tone of(String letter) {
            return Arrays.stream(values())
                    .filter(tone -> letter.equals(String.valueOf(tone.letter)))
                    .findFirst()
                    .orElse(PLAIN);
        }
    }

    /** One row. */
    public record TableRow(Tone tone, List<String> cells) {

        public TableRow {
            cells = cells.stream().map(TableRow::oneLine).toList();
        }

        static TableRow of(Tone tone, String... cells) {
            return new TableRow(tone, List.of(cells));
        }

        private static String oneLine(String cell) {
            return cell.replaceAll("\\p{Cntrl}+", " ");
        }
    }

    /** All of them as text, without a line end behind the last. */
    static String write(List<Table> tables) {
        return tables.stream()
                .map(table -> table.rows().stream()
                        .map(row -> row.tone().letter + SEPARATOR + String.join(SEPARATOR, row.cells()))
                        .collect(Collectors.joining("\n")))
                .collect(Collectors.joining("\n\n"));
    }

    /** The tables of a text; a row with a tone of a later version is a plain one. */
    public static List<Table> read(String text) {
        List<Table> tables = new ArrayList<>();
        List<TableRow> rows = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.isEmpty()) {
                tables.add(new Table(rows));
                rows = new ArrayList<>();
            } else {
                List<String> words = Arrays.asList(line.split(SEPARATOR, -1));
                rows.add(new TableRow(Tone.of(words.get(0)), words.subList(1, words.size())));
            }
        }
        tables.add(new Table(rows));
        return tables;
    }
}
