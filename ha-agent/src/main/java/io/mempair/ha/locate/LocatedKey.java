package io.mempair.ha.locate;

import io.mempair.ha.locate.CopyState.AbsentCopy;
import io.mempair.ha.locate.CopyState.PresentCopy;
import io.mempair.ha.locate.CopyState.UnknownCopy;
import io.mempair.proxy.replication.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A key with all its copies, and what follows from them. Pure.
 *
 * @param key     the key
 * @param copies  on the primary, and on the backup if there is that tier
 */
public record LocatedKey(Key key, List<KeyCopy> copies) {

    /** Two servers are asked one after the other, and each rounds to a second. */
    private static final long LIFETIME_SLACK_SECONDS = 2;

    public LocatedKey {
        copies = List.copyOf(copies);
    }

    /** How the copies are to each other. */
    public enum Agreement {
        /** Every server has it, and all have the same. */
        ALIKE("alike"),
        /** No server has it. */
        ABSENT("absent"),
        /** One has it and another has not, or has something else. */
        DIFFERENT("different"),
        /** A server could not be asked. */
        UNKNOWN("unknown");

        private final String word;

        Agreement(String word) {
            this.word = word;
        }

        /** For programs. */
        public String word() {
            return word;
        }
    }

    /** How the copies are to each other. */
    public Agreement agreement() {
        if (copies.stream().anyMatch(copy -> copy.state() instanceof UnknownCopy)) {
            return Agreement.UNKNOWN;
        }
        if (copies.stream().allMatch(copy -> copy.state() instanceof AbsentCopy)) {
            return Agreement.ABSENT;
        }
        return differences().isEmpty() ? Agreement.ALIKE : Agreement.DIFFERENT;
    }

    /** In what those copies differ that could be read: {@code value}, {@code flags} and so on; empty if in nothing. */
    public List<String> differences() {
        List<PresentCopy> items = copies.stream()
                .map(KeyCopy::state)
                .filter(PresentCopy.class::isInstance)
                .map(PresentCopy.class::cast)
                .toList();
        List<String> differences = new ArrayList<>();
        boolean absent = copies.stream().anyMatch(copy -> copy.state() instanceof AbsentCopy);
        if (absent && !items.isEmpty()) {
            differences.add("only on the "
                    + copies.stream()
                            .filter(copy -> copy.state() instanceof PresentCopy)
                            .map(copy -> copy.tier().word())
                            .collect(Collectors.joining(", ")));
        }
        note(differences, "value", items, PresentCopy::digest);
        note(differences, "flags", items, PresentCopy::flags);
        note(differences, "stale", items, PresentCopy::stale);
        if (lifetimesDiffer(items)) {
            differences.add("lifetime");
        }
        return differences;
    }

    private static void note(
            List<String> differences, String what, List<PresentCopy> items, Function<PresentCopy, Object> of) {
        if (items.stream().map(of).distinct().count() > 1) {
            differences.add(what);
        }
    }

    private static boolean lifetimesDiffer(List<PresentCopy> items) {
        long shortest = items.stream().mapToLong(PresentCopy::secondsLeft).min().orElse(0);
        long longest = items.stream().mapToLong(PresentCopy::secondsLeft).max().orElse(0);
        boolean oneEndless = shortest == CopyState.ENDLESS && longest != CopyState.ENDLESS;
        return oneEndless || longest - shortest > LIFETIME_SLACK_SECONDS;
    }
}
