package io.mempair.deploy.faults;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The rounds of one row on one product.
 *
 * @param row      what was done
 * @param product  to what
 * @param rounds   what came of it, in order
 */
record Figures(Row row, String product, List<RoundResult> rounds) {

    Figures {
        rounds = List.copyOf(rounds);
    }

    /** Rounds that were done to their end. */
    List<RoundResult> whole() {
        return rounds.stream().filter(RoundResult::whole).toList();
    }

    /** The upper of the two middle ones of an even number; -1 without any round. */
    double median(ToDoubleFunction<RoundResult> figure) {
        double[] sorted = whole().stream().mapToDouble(figure).sorted().toArray();
        return sorted.length == 0 ? -1 : sorted[sorted.length / 2];
    }

    /** -1 without any round. */
    double max(ToDoubleFunction<RoundResult> figure) {
        return whole().stream().mapToDouble(figure).max().orElse(-1);
    }

    /** Median and, in brackets, maximum, in whole milliseconds. */
    String cell(ToDoubleFunction<RoundResult> figure) {
        return whole().isEmpty() ? "-" : millis(median(figure)) + " (" + millis(max(figure)) + ")";
    }

    private static String millis(double value) {
        // what is more than nothing must not look like nothing
        return value > 0 && value < 1 ? "<1" : String.valueOf(Math.round(value));
    }
}
