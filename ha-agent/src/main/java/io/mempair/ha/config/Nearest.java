package io.mempair.ha.config;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the known word that a mistyped one was meant to be. Pure. */
public final class Nearest {

    /** Edits; beyond this a suggestion would be a guess. */
    private static final int MAX_EDITS = 3;

    /** No word of ours is near to a longer one. */
    private static final int MAX_CHARACTERS = 80;

    private Nearest() {}

    /** The known word that is a few edits away; empty if each is further. */
    public static Optional<String> to(String word, List<String> known) {
        if (word.length() > MAX_CHARACTERS) {
            return Optional.empty();
        }
        return known.stream()
                .filter(candidate -> edits(word, candidate) <= Math.min(MAX_EDITS, candidate.length() / 2))
                .min(Comparator.comparingInt(candidate -> edits(word, candidate)));
    }

    /** Levenshtein's distance. */
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
