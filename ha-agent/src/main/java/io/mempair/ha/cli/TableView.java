package io.mempair.ha.cli;

import io.mempair.ha.admin.Table;
import io.mempair.ha.admin.Table.TableRow;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.IStyle;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;

/** Tables of a running program for people: aligned, and coloured where {@code ansi} says so. */
final class TableView {

    /** Between two columns. */
    private static final int GAP = 2;

    private TableView() {}

    /** Without a line end behind the last. */
    static String of(List<Table> tables, Ansi ansi) {
        return tables.stream()
                .filter(table -> !table.rows().isEmpty())
                .map(table -> aligned(table, ansi))
                .collect(Collectors.joining(System.lineSeparator() + System.lineSeparator()));
    }

    private static String aligned(Table table, Ansi ansi) {
        int columns =
                table.rows().stream().mapToInt(row -> row.cells().size()).max().orElse(0);
        Column[] widths = new Column[columns];
        for (int column = 0; column < columns; column++) {
            int at = column;
            int widest = table.rows().stream()
                    .filter(row -> row.cells().size() > at)
                    .mapToInt(row -> row.cells().get(at).length())
                    .max()
                    .orElse(0);
            widths[column] = new Column(widest + GAP, 0, Column.Overflow.SPAN);
        }
        ColorScheme colors = Help.defaultColorScheme(ansi);
        TextTable text = TextTable.forColumns(colors, widths);
        text.setAdjustLineBreaksForWideCJKCharacters(false);
        table.rows().forEach(row -> text.addRowValues(cells(row, columns, colors)));
        return text.toString().lines().map(String::stripTrailing).collect(Collectors.joining(System.lineSeparator()));
    }

    private static Text[] cells(TableRow row, int columns, ColorScheme colors) {
        Text[] cells = new Text[columns];
        for (int column = 0; column < columns; column++) {
            String text = column < row.cells().size() ? row.cells().get(column) : "";
            cells[column] = colors.apply(text, styles(row.tone()));
        }
        return cells;
    }

    private static List<IStyle> styles(Table.Tone tone) {
        return switch (tone) {
            case PLAIN -> List.of();
            case HEADING -> List.of(Style.bold);
            case GOOD -> List.of(Style.fg_green);
            case WARNING -> List.of(Style.fg_yellow);
            case BAD -> List.of(Style.fg_red);
        };
    }
}
