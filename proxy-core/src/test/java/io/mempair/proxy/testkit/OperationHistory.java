package io.mempair.proxy.testkit;

import io.mempair.proxy.testkit.Operation.Fate;
import io.mempair.proxy.testkit.Operation.OperationEffect;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The writes of one key and what clients were told of them; says whether what a client then sees may be. Pure: times are
 * given, on one clock, in nanoseconds. Not for two threads at once.
 *
 * <p>A write is sure when it was acknowledged. A value is gone when a sure write or delete began after it was written and
 * ended before the look began; until then it may be seen. A write that failed may take effect at any time until
 * {@link #settle}, and may as well have deleted the key.
 */
public final class OperationHistory {

    /** A look at the key: {@code own} is a write that the same client had sent before on the same connection, or null. */
    public record Look(long startNanos, long endNanos, Operation own) {
        public Look(long startNanos, long endNanos) {
            this(startNanos, endNanos, null);
        }
    }

    private final List<Operation> operations = new ArrayList<>();
    private final List<Look> openMisses = new ArrayList<>();
    private long absentSinceNanos;
    private boolean startsAbsent = true;

    /** Of a key that is absent from the beginning. */
    public OperationHistory(long nowNanos) {
        absentSinceNanos = nowNanos;
    }

    /** A client is about to send this write. */
    public Operation begin(long id, OperationEffect effect, long nowNanos) {
        Operation operation = new Operation(id, effect, nowNanos);
        operations.add(operation);
        return operation;
    }

    /** It was acknowledged. Returns what is wrong with an earlier miss that only its failure could have explained. */
    public Optional<String> done(Operation operation, long nowNanos) {
        operation.endNanos = nowNanos;
        return end(operation, Fate.DONE);
    }

    /** It was answered and had no effect. Returns as {@link #done}. */
    public Optional<String> refused(Operation operation, long nowNanos) {
        operation.endNanos = nowNanos;
        return end(operation, Fate.REFUSED);
    }

    /** It failed: when it ends nobody knows. */
    public void failed(Operation operation) {
        end(operation, Fate.UNKNOWN);
    }

    private Optional<String> end(Operation operation, Fate fate) {
        operation.fate = fate;
        openMisses.removeIf(miss -> wrongMiss(miss, false).isEmpty());
        for (Look miss : openMisses) {
            Optional<String> wrong = wrongMiss(miss, true);
            if (wrong.isPresent()) {
                openMisses.remove(miss);
                return wrong;
            }
        }
        return Optional.empty();
    }

    /**
     * Nothing is under way, all servers are well, and this is what they hold: what failed has taken effect by now, or never
     * will. Returns what is wrong with it.
     */
    public Optional<String> settle(Optional<ModelValue> held, long nowNanos) {
        Look now = new Look(nowNanos, nowNanos);
        Optional<String> wrong = held.isPresent() ? wrongValue(held.get(), now) : wrongMiss(now, false);
        operations.removeIf(operation -> held.isEmpty()
                || (operation.id != held.get().writer()
                        && !held.get().appenders().contains(operation.id)));
        for (Operation operation : operations) {
            operation.fate = Fate.DONE;
            operation.endNanos = Math.min(operation.endNanos, nowNanos);
        }
        startsAbsent = held.isEmpty();
        absentSinceNanos = nowNanos;
        return wrong;
    }

    /** What is wrong with a value a client saw. */
    public Optional<String> wrongValue(ModelValue value, Look look) {
        Optional<Operation> writer = find(value.writer(), OperationEffect.WRITE);
        if (writer.isEmpty() || !writer.get().mayHaveEffect()) {
            return Optional.of("written by " + value.writer() + ", which never was or was gone long ago");
        }
        Operation written = writer.get();
        if (written.startNanos > look.endNanos()) {
            return Optional.of("written by " + written.id + ", which began after the look had ended");
        }
        if (goneBefore(written.endNanos, written, look)) {
            return Optional.of("written by " + written.id + ", which was overwritten or deleted");
        }
        return wrongAppends(written, value.appenders(), look);
    }

    private Optional<String> wrongAppends(Operation written, List<Long> appenders, Look look) {
        List<Operation> seen = new ArrayList<>();
        for (long id : appenders) {
            Optional<Operation> found = find(id, OperationEffect.APPEND);
            if (found.isEmpty() || !found.get().mayHaveEffect()) {
                return Optional.of("has +" + id + ", which never was or was gone long ago");
            }
            Operation append = found.get();
            if (seen.contains(append)) {
                return Optional.of("has +" + id + " twice");
            }
            if (append.endNanos < written.startNanos) {
                return Optional.of("has +" + id + ", which had ended before " + written.id + " was written");
            }
            if (append.startNanos > look.endNanos()) {
                return Optional.of("has +" + id + ", which began after the look had ended");
            }
            for (Operation earlier : seen) {
                if (append.endNanos < earlier.startNanos) {
                    return Optional.of("has +" + id + " after +" + earlier.id + ", which began later");
                }
            }
            seen.add(append);
        }
        return operations.stream()
                .filter(append -> append.effect == OperationEffect.APPEND && append.fate == Fate.DONE)
                .filter(append -> append.startNanos > written.endNanos && before(append, look))
                .filter(append -> !seen.contains(append))
                .findFirst()
                .map(append -> "lacks +" + append.id + ", which was acknowledged");
    }

    /**
     * What is wrong with a miss. When only the failure of a write that is still under way could explain it, nothing is said
     * until that has ended.
     */
    public Optional<String> wrongMiss(Look look) {
        Optional<String> wrong = wrongMiss(look, true);
        if (wrong.isEmpty() && wrongMiss(look, false).isPresent()) {
            openMisses.add(look);
            return Optional.empty();
        }
        return wrongMiss(look, false);
    }

    private Optional<String> wrongMiss(Look look, boolean pendingMayFail) {
        if (startsAbsent && !goneBefore(absentSinceNanos, null, look)) {
            return Optional.empty();
        }
        for (Operation operation : operations) {
            boolean mayDelete = operation.effect == OperationEffect.DELETE
                    ? operation.mayHaveEffect()
                    : operation.fate == Fate.UNKNOWN || (pendingMayFail && operation.fate == Fate.PENDING);
            if (mayDelete
                    && operation.startNanos <= look.endNanos()
                    && !goneBefore(operation.endNanos, operation, look)) {
                return Optional.empty();
            }
        }
        return Optional.of("a miss, though nothing deleted what was acknowledged");
    }

    /** What is wrong with an answer to {@code asking} (or null) that says that there is a value, without showing it. */
    public Optional<String> wrongPresence(Operation asking, Look look) {
        boolean possible = operations.stream()
                .anyMatch(operation -> operation.effect == OperationEffect.WRITE
                        && operation != asking
                        && operation.mayHaveEffect()
                        && operation.startNanos <= look.endNanos()
                        && !goneBefore(operation.endNanos, operation, look));
        return possible ? Optional.empty() : Optional.of("found, though it was deleted and never written again");
    }

    /**
     * What is wrong with a cas that stored: between the look that gave its id and its own start, another write that was
     * acknowledged must not have been.
     */
    public Optional<String> wrongCas(long lookedEndNanos, Operation cas) {
        return operations.stream()
                .filter(other -> other != cas && other.fate == Fate.DONE)
                .filter(other -> other.startNanos > lookedEndNanos && other.endNanos < cas.startNanos)
                .findFirst()
                .map(other -> "cas " + cas.id + " stored over " + other.id + ", which it had not seen");
    }

    /** Whether a sure write or delete lies wholly between {@code endNanos} and the look. */
    private boolean goneBefore(long endNanos, Operation self, Look look) {
        for (Operation other : operations) {
            if (other != self && other.surelyReplaces() && other.startNanos > endNanos && before(other, look)) {
                return true;
            }
        }
        return false;
    }

    /** What the same connection sent before counts as earlier, though its answer came together with the look's. */
    private static boolean before(Operation operation, Look look) {
        return operation == look.own() || operation.endNanos < look.startNanos();
    }

    private Optional<Operation> find(long id, OperationEffect effect) {
        return operations.stream()
                .filter(operation -> operation.id == id && operation.effect == effect)
                .findFirst();
    }
}
