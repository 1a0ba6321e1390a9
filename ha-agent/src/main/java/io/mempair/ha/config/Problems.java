package io.mempair.ha.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Collects the problems of one file, so that the operator sees them all at once, as far as a person can. One thread. */
final class Problems {

    /** Nobody mends more at once; a file that is none of ours may have thousands. */
    static final int MAX_SHOWN = 100;

    /** Characters of one problem, which tells what somebody wrote. */
    static final int MAX_CHARACTERS = 2_000;

    private record Problem(int line, int column, String text) {}

    private final String file;
    private final List<Problem> found = new ArrayList<>();
    private int count;

    Problems(String file) {
        this.file = file;
    }

    void add(Optional<Mark> place, String text) {
        int line = place.map(Mark::getLine).orElse(0) + 1;
        int column = place.map(Mark::getColumn).orElse(0) + 1;
        count++;
        if (found.size() < MAX_SHOWN) {
            found.add(new Problem(line, column, shortened(text)));
        }
    }

    private static String shortened(String text) {
        int end = MAX_CHARACTERS / 2;
        return text.length() <= MAX_CHARACTERS
                ? text
                : text.substring(0, end) + " [...] " + text.substring(text.length() - end);
    }

    boolean none() {
        return count == 0;
    }

    /** The problems in the order of the file. */
    ConfigException exception() {
        List<String> shown = new ArrayList<>(found.stream()
                .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                .map(problem -> file + ':' + problem.line() + ':' + problem.column() + ": " + problem.text())
                .toList());
        if (count > found.size()) {
            shown.add(file + ": " + (count - found.size()) + " more problems (expected: a configuration of mempair)");
        }
        return new ConfigException(shown);
    }
}
