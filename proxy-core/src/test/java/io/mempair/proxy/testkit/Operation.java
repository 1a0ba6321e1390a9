package io.mempair.proxy.testkit;

/** One write of a key in a {@link OperationHistory}: what it would do, when, and what its client was told. Guarded by its history. */
public final class Operation {

    /** What it does to the key if it takes effect. */
    public enum OperationEffect {
        /** Gives it a value that names this operation. */
        WRITE,
        /** Adds a word that names this operation to the value it has. */
        APPEND,
        /** Leaves no value. */
        DELETE
    }

    /** What is known of its fate. */
    enum Fate {
        /** Nobody was told yet. */
        PENDING,
        /** Acknowledged. */
        DONE,
        /** Answered, and without effect. */
        REFUSED,
        /** Failed: it may have taken effect, and may still. */
        UNKNOWN
    }

    /** The end of what may still take effect. */
    static final long NO_END = Long.MAX_VALUE;

    final long id;
    final OperationEffect effect;
    final long startNanos;
    long endNanos = NO_END;
    Fate fate = Fate.PENDING;

    Operation(long id, OperationEffect effect, long startNanos) {
        this.id = id;
        this.effect = effect;
        this.startNanos = startNanos;
    }

    /** The number that names it; values carry it. */
    public long id() {
        return id;
    }

    /** When it began. */
    public long startNanos() {
        return startNanos;
    }

    boolean mayHaveEffect() {
        return fate != Fate.REFUSED;
    }

    /** Whether it is sure that it replaced whatever value there was. */
    boolean surelyReplaces() {
        return fate == Fate.DONE && effect != OperationEffect.APPEND;
    }
}
