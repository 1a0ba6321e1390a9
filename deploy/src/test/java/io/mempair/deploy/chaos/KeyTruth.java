package io.mempair.deploy.chaos;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What a key may be, as the one client knows it that writes it: one value after an acknowledged write, several while the fate of
 * a write is unknown. The empty value stands for none. One thread.
 */
final class KeyTruth {

    /** No value. */
    static final String NONE = "";

    private static final int REMEMBERED = 30;

    private final Set<String> possible = new LinkedHashSet<>(Set.of(NONE));
    private final Deque<String> history = new ArrayDeque<>();

    /** Something was asked of the key, or answered; remembered for the report of a lie. */
    void note(String what) {
        if (history.size() == REMEMBERED) {
            history.removeFirst();
        }
        history.addLast(Instant.now() + " " + what);
    }

    /** The last that was asked and answered, the oldest first. */
    String history() {
        return String.join("\n      ", history);
    }

    /** The write of {@code value} was acknowledged. */
    void is(String value) {
        possible.clear();
        possible.add(value);
    }

    /** The write of {@code value} was sent, and nobody knows what became of it. */
    void mayBe(String value) {
        possible.add(value);
    }

    boolean allows(String value) {
        return possible.contains(value);
    }

    /** Whether there is surely no value, or surely one. */
    boolean isCertain() {
        return possible.size() == 1;
    }

    @Override
    public String toString() {
        return possible.toString();
    }
}
