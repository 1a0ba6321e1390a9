package io.mempair.proxy.copies;

import io.mempair.proxy.testkit.CounterHistory;
import io.mempair.proxy.testkit.ModelValue;
import io.mempair.proxy.testkit.Operation;
import io.mempair.proxy.testkit.Operation.OperationEffect;
import io.mempair.proxy.testkit.OperationHistory;
import io.mempair.proxy.testkit.OperationHistory.Look;
import io.mempair.proxy.testkit.TextClient.TextItem;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * One key of {@link CopiesModel}: what clients did to it, and whether what they were told may be. What may not be is thrown
 * together with the key's recent past. For any thread.
 */
public final class ModelKey {

    private static final int MAX_RECENT = 60;

    private final String name;
    private final OperationHistory history;
    private final CounterHistory counter = new CounterHistory();
    private final boolean isCounter;
    private final long originNanos = System.nanoTime();
    private final Deque<String> recent = new ArrayDeque<>();

    private ModelKey(String name, boolean isCounter) {
        this.name = name;
        this.isCounter = isCounter;
        this.history = new OperationHistory(originNanos);
    }

    /** A key of all commands but increments. */
    public static ModelKey ofText(String name) {
        return new ModelKey(name, false);
    }

    /** A key that is only read and incremented, from 0. */
    public static ModelKey ofCounter(String name) {
        return new ModelKey(name, true);
    }

    public String name() {
        return name;
    }

    public boolean isCounter() {
        return isCounter;
    }

    /** The flags of what an operation writes: they name it too. */
    static long flagsOf(long id) {
        return id % 0xffff_ffffL;
    }

    synchronized Operation begin(long id, OperationEffect effect) {
        return history.begin(id, effect, System.nanoTime());
    }

    synchronized void done(Operation operation, String what) {
        note(operation.startNanos(), what, operation, "acknowledged");
        check(history.done(operation, System.nanoTime()));
    }

    synchronized void refused(Operation operation, String what, String answer) {
        note(operation.startNanos(), what, operation, answer);
        check(history.refused(operation, System.nanoTime()));
    }

    synchronized void failed(Operation operation, String what, String answer) {
        note(operation.startNanos(), what, operation, answer);
        history.failed(operation);
    }

    /** A client saw this item, or none; {@code own} as in {@link Look}, or null. */
    synchronized void seen(TextItem item, long startNanos, Operation own, String what) {
        Look look = new Look(startNanos, System.nanoTime(), own);
        if (item == null) {
            note(startNanos, what, own, "a miss");
            check(history.wrongMiss(look));
            return;
        }
        note(startNanos, what, own, "flags " + item.flags() + ' ' + item.value());
        Optional<ModelValue> value = ModelValue.parse(item.value());
        if (value.isEmpty() || item.flags() != flagsOf(value.get().writer())) {
            fail("a value that nobody wrote, or with other flags: " + item);
        }
        check(history.wrongValue(value.get(), look));
    }

    /** The answer to {@code asking} (or null) said that there is a value, or none. */
    synchronized void found(boolean present, long startNanos, Operation asking, String what) {
        Look look = new Look(startNanos, System.nanoTime());
        if (asking == null) {
            note(startNanos, what, null, present ? "found" : "not found");
        }
        check(present ? history.wrongPresence(asking, look) : history.wrongMiss(look));
    }

    synchronized void casStored(long lookedEndNanos, Operation cas) {
        check(history.wrongCas(lookedEndNanos, cas));
    }

    /** What the counter is at least, and one more increment is under way. */
    synchronized long beginIncrement() {
        counter.begin();
        return counter.atLeast();
    }

    synchronized long atLeast() {
        return counter.atLeast();
    }

    synchronized void incremented(String answer, long atLeast) {
        note(System.nanoTime(), "incr, at least " + atLeast, null, answer);
        if (!answer.startsWith("SERVER_ERROR")) {
            check(counter.incremented(number(answer), atLeast));
        }
    }

    synchronized void counterSeen(TextItem item, long atLeast, String what) {
        note(System.nanoTime(), what + ", at least " + atLeast, null, item == null ? "a miss" : item.value());
        if (item == null) {
            fail("a miss of a counter that was never deleted");
        } else {
            check(counter.wrongValue(number(item.value()), atLeast));
        }
    }

    /** All is quiet, and this is what both servers hold: null for nothing. */
    public synchronized void settle(String held) {
        note(System.nanoTime(), "both servers asked", null, held == null ? "nothing" : held);
        if (isCounter) {
            check(held == null ? Optional.of("the counter is gone") : counter.settle(number(held)));
        } else {
            Optional<ModelValue> value = Optional.ofNullable(held).flatMap(ModelValue::parse);
            if (held != null && value.isEmpty()) {
                fail("both servers hold a value that nobody wrote: " + held);
            }
            check(history.settle(value, System.nanoTime()));
        }
    }

    private long number(String text) {
        if (!text.matches("\\d{1,9} *")) {
            fail("not a number: " + text);
        }
        return Long.parseLong(text.strip());
    }

    private void note(long startNanos, String what, Operation operation, String answer) {
        if (recent.size() == MAX_RECENT) {
            recent.remove();
        }
        String id = operation == null ? "" : " " + operation.id();
        recent.add(millis(startNanos) + " - " + millis(System.nanoTime()) + " ms  " + what + id + ": " + answer);
    }

    private String millis(long nanos) {
        return String.format("%.3f", (nanos - originNanos) / 1e6);
    }

    private void check(Optional<String> wrong) {
        wrong.ifPresent(this::fail);
    }

    private void fail(String wrong) {
        throw new AssertionError(name + ": " + wrong + "\n  its recent past:\n    " + String.join("\n    ", recent));
    }
}
