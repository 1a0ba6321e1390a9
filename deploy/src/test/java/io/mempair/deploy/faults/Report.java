package io.mempair.deploy.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The table: a line a row, as text, as markdown, or as one object of JSON a row. */
final class Report {

    private static final List<String> HEAD = List.of(
            "failure of the active node",
            "outage",
            "reconnecting",
            "both held",
            "nobody held",
            "take-overs",
            "writes lost");
    private static final List<String> VERSUS_HEAD =
            List.of("keepalived: outage", "reconnecting", "both held", "nobody held", "take-overs");
    private static final int FIRST_WIDTH = 56;

    private final Options options;

    Report(Options options) {
        this.options = options;
    }

    /** Before the first row; nothing in JSON. */
    List<String> head() {
        List<String> cells = new ArrayList<>(HEAD);
        if (options.versus()) {
            cells.addAll(VERSUS_HEAD);
        }
        return switch (options.form()) {
            case JSON -> List.of();
            case TEXT ->
                List.of(
                        "ms, median (maximum) of " + options.rounds() + " rounds, mode " + options.mode() + ", profile "
                                + options.profile(),
                        line(cells));
            case MARKDOWN -> List.of(line(cells), "| --- ".repeat(cells.size()) + "|");
        };
    }

    String row(Figures figures, @Nullable Figures versus) {
        if (options.form() == Options.Form.JSON) {
            return json(figures) + (versus == null ? "" : "\n" + json(versus));
        }
        List<String> cells = new ArrayList<>(List.of(figures.row().title()));
        cells.addAll(cells(figures));
        cells.add(lost(figures));
        if (options.versus()) {
            cells.addAll(versus == null ? List.of("-", "-", "-", "-", "-") : cells(versus));
        }
        return line(cells);
    }

    private static List<String> cells(Figures figures) {
        List<RoundResult> whole = figures.whole();
        int notWhole = figures.rounds().size() - whole.size();
        String failed = notWhole == 0 ? "" : "; " + notWhole + " not settled";
        return List.of(
                figures.cell(RoundResult::outageMillis) + failed,
                figures.cell(RoundResult::reconnectingMillis),
                figures.cell(RoundResult::bothMillis),
                figures.cell(RoundResult::nobodyMillis),
                String.valueOf(whole.stream().mapToLong(RoundResult::takeOvers).sum()));
    }

    private static String lost(Figures figures) {
        long lost = figures.whole().stream().mapToLong(RoundResult::lost).sum();
        long written = figures.whole().stream().mapToLong(RoundResult::written).sum();
        return lost + " of " + written;
    }

    private String line(List<String> cells) {
        if (options.form() == Options.Form.MARKDOWN) {
            return "| " + String.join(" | ", cells) + " |";
        }
        var line = new StringBuilder(String.format(Locale.ROOT, "%-" + FIRST_WIDTH + "s", cells.get(0)));
        cells.stream().skip(1).forEach(cell -> line.append(String.format(Locale.ROOT, "%-14s ", cell)));
        return line.toString().stripTrailing();
    }

    private String json(Figures figures) {
        var rounds = new ArrayList<String>();
        for (RoundResult round : figures.rounds()) {
            rounds.add(String.format(
                    Locale.ROOT,
                    "{\"outage_ms\":%.1f,\"reconnecting_ms\":%.1f,\"both_ms\":%.3f,\"both_after_ms\":%.3f,"
                            + "\"nobody_ms\":%.1f,\"take_overs\":%d,\"strangers\":%d,\"written\":%d,\"lost\":%d,"
                            + "\"problem\":\"%s\"}",
                    round.outageMillis(),
                    round.reconnectingMillis(),
                    round.bothMillis(),
                    round.bothAfterMillis(),
                    round.nobodyMillis(),
                    round.takeOvers(),
                    round.strangers(),
                    round.written(),
                    round.lost(),
                    round.problem().replaceAll("[\"\\\\\\p{Cntrl}]", " ")));
        }
        return "{\"row\":\"" + figures.row().word() + "\",\"product\":\"" + figures.product() + "\",\"mode\":\""
                + options.mode() + "\",\"profile\":\"" + options.profile() + "\",\"rounds\":["
                + String.join(",", rounds) + "]}";
    }
}
