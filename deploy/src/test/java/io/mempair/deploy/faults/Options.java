package io.mempair.deploy.faults;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The command line.
 *
 * @param rounds    of each row
 * @param fast      profile fast instead of default
 * @param witness   mode witness instead of pair
 * @param versus    whether keepalived runs the same rounds
 * @param form      how the figures are printed
 * @param action    run, or only look at the command line, or list the rows
 * @param deploy    the folder of deploy
 * @param folder    for files of this run
 * @param rows      which rows
 */
record Options(
        int rounds,
        boolean fast,
        boolean witness,
        boolean versus,
        Form form,
        Action action,
        Path deploy,
        Path folder,
        List<Row> rows) {

    /** How the figures are printed. */
    enum Form {
        TEXT,
        MARKDOWN,
        JSON
    }

    /** What is to be done. */
    enum Action {
        RUN,
        CHECK,
        LIST
    }

    private static final String ROUNDS = "[1-9][0-9]{0,3}";

    String profile() {
        return fast ? "fast" : "default";
    }

    String mode() {
        return witness ? "witness" : "pair";
    }

    /** Reads it; a word that cannot be right is named with what is expected. */
    static Options of(String... arguments) {
        Deque<String> words = new ArrayDeque<>(List.of(arguments));
        int rounds = 5;
        boolean fast = false;
        boolean witness = false;
        boolean versus = false;
        Form form = Form.TEXT;
        Action action = Action.RUN;
        Path deploy = Path.of("");
        Path folder = Path.of("");
        List<Row> rows = new ArrayList<>();
        while (!words.isEmpty()) {
            String word = words.remove();
            switch (word) {
                case "--rounds" -> rounds = Integer.parseInt(value(word, words, ROUNDS, "1 to 9999"));
                case "--profile" ->
                    fast = value(word, words, "default|fast", "default or fast").equals("fast");
                case "--mode" ->
                    witness = value(word, words, "pair|witness", "pair or witness")
                            .equals("witness");
                case "--vs" ->
                    versus = !value(word, words, "keepalived", "keepalived").isEmpty();
                case "--deploy" -> deploy = Path.of(value(word, words, "/.*", "a folder"));
                case "--folder" -> folder = Path.of(value(word, words, "/.*", "a folder"));
                case "--markdown" -> form = Form.MARKDOWN;
                case "--json" -> form = Form.JSON;
                case "--check" -> action = action == Action.LIST ? action : Action.CHECK;
                case "--list" -> action = Action.LIST;
                default -> rows.add(row(word));
            }
        }
        List<Row> chosen = rows.isEmpty() ? List.of(Row.values()) : List.copyOf(rows);
        return new Options(rounds, fast, witness, versus, form, action, deploy, folder, chosen);
    }

    private static String value(String option, Deque<String> words, String pattern, String expected) {
        String value = words.isEmpty() ? "" : words.remove();
        if (!value.matches(pattern)) {
            throw new IllegalArgumentException(option + ": '" + value + "' (expected: " + expected + ")");
        }
        return value;
    }

    private static Row row(String word) {
        return Row.of(word)
                .orElseThrow(() -> new IllegalArgumentException("'" + word + "' is no row (expected: "
                        + Stream.of(Row.values()).map(Row::word).collect(Collectors.joining(" ")) + ")"));
    }
}
