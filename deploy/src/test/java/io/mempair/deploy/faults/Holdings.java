package io.mempair.deploy.faults;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who held the address when, as a list of changes in their order. Times are microseconds of the wall clock. Pure. */
final class Holdings {

    /** A host got the address or lost it. */
    record Change(long micros, String host, boolean held) {}

    /**
     * What a stretch of time saw.
     *
     * @param bothMicros    how long two hosts held the address, all times together
     * @param nobodyMicros  the longest time nobody did
     * @param moves         how often it came to another host than had it last
     */
    record Stretch(long bothMicros, long nobodyMicros, int moves) {}

    private final List<Change> changes;

    Holdings(List<Change> changes) {
        this.changes = List.copyOf(changes);
    }

    /** Who holds it after everything that was seen. */
    Set<String> holders() {
        Set<String> holders = new HashSet<>();
        changes.forEach(change -> apply(change, holders));
        return holders;
    }

    Stretch between(long fromMicros, long toMicros) {
        Set<String> holders = new HashSet<>();
        String last = null;
        List<Change> within = new ArrayList<>();
        for (Change change : changes) {
            if (change.micros() < fromMicros) {
                last = apply(change, holders) ? change.host() : last;
            } else if (change.micros() <= toMicros) {
                within.add(change);
            }
        }
        return stretch(holders, last, within, fromMicros, toMicros);
    }

    private static Stretch stretch(
            Set<String> holders, @Nullable String lastHolder, List<Change> within, long fromMicros, long toMicros) {
        String last = lastHolder;
        long both = 0;
        long longest = 0;
        long nobodySince = fromMicros;
        long before = fromMicros;
        int moves = 0;
        for (Change change : within) {
            both += holders.size() > 1 ? change.micros() - before : 0;
            before = change.micros();
            boolean nobody = holders.isEmpty();
            if (nobody) {
                longest = Math.max(longest, before - nobodySince);
            }
            if (apply(change, holders)) {
                moves += change.host().equals(last) ? 0 : 1;
                last = change.host();
            }
            nobodySince = !nobody && holders.isEmpty() ? before : nobodySince;
        }
        both += holders.size() > 1 ? toMicros - before : 0;
        longest = holders.isEmpty() ? Math.max(longest, toMicros - nobodySince) : longest;
        return new Stretch(both, longest, moves);
    }

    /** Whether the host got it by this. */
    private static boolean apply(Change change, Set<String> holders) {
        if (change.held()) {
            return holders.add(change.host());
        }
        holders.remove(change.host());
        return false;
    }
}
