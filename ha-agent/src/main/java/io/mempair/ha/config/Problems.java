package io.mempair.ha.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Collects the problems of one file, so that the operator sees them all at once. One thread. */
final class Problems {

    private record Problem(int line, int column, String text) {}

    private final String file;
    private final List<Problem> found = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    void add(Optional<Mark> place, String text) {
        int line = place.map(Mark::getLine).orElse(0) + 1;
        int column = place.map(Mark::getColumn).orElse(0) + 1;
        found.add(new Problem(line, column, text));
    }

    boolean none() {
        return found.isEmpty();
    }

    /** The problems in the order of the file. */
    ConfigException exception() {
        return new ConfigException(found.stream()
                .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                .map(problem -> file + ':' + problem.line() + ':' + problem.column() + ": " + problem.text())
                .toList());
    }
}
