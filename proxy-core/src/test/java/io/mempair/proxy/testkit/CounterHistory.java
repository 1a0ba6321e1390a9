package io.mempair.proxy.testkit;

import java.util.BitSet;
import java.util.Optional;

/**
 * A counter from 0 that clients increment by one, and what they are told of it. Every acknowledged increment counts once, one
 * that failed at most once. Not for two threads at once.
 */
public final class CounterHistory {

    private final BitSet answered = new BitSet();
    private int begun;
    private long highest;

    /** What the counter surely is at least: what a look that begins now may not fall below. */
    public long atLeast() {
        return highest;
    }

    /** A client is about to increment. */
    public void begin() {
        begun++;
    }

    /** An increment was answered; {@code atLeast} is from before it began. Returns what is wrong. */
    public Optional<String> incremented(long answer, long atLeast) {
        Optional<String> wrong = wrongValue(answer, atLeast + 1);
        if (wrong.isPresent()) {
            return wrong;
        }
        if (answered.get((int) answer)) {
            return Optional.of("two increments were answered " + answer);
        }
        answered.set((int) answer);
        highest = Math.max(highest, answer);
        return Optional.empty();
    }

    /** As {@link OperationHistory#settle}. */
    public Optional<String> settle(long held) {
        Optional<String> wrong = wrongValue(held, highest);
        begun = (int) held;
        highest = held;
        return wrong;
    }

    /** What is wrong with a value that was seen; {@code atLeast} is from before the look began. */
    public Optional<String> wrongValue(long value, long atLeast) {
        return value >= atLeast && value <= begun
                ? Optional.empty()
                : Optional.of("counter at " + value + " (expected: " + atLeast + " to " + begun + ')');
    }
}
