package io.mempair.ha.config;

import java.util.List;

/** The file or a flag is invalid. Holds every problem found, each ready to be shown. */
public final class ConfigException extends Exception {

    private final transient List<String> problems;

    /** @param problems  each ready to be shown; at least one */
    public ConfigException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    /** Each {@code file:line:col: key: value (expected: ...)}, in the order of the file. */
    public List<String> problems() {
        return problems;
    }
}
