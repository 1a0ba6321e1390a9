package io.mempair.proxy.replication;

import java.util.ArrayDeque;

/** One loop's view of one stripe in its {@link WriteOrder}: what is in flight, and what waits. Confined to its loop. */
final class StripeQueue {

    /** How a task takes part in the order. */
    enum AccessKind {
        READ,
        SHARED,
        EXCLUSIVE,
        GLOBAL,
        GLOBAL_BESIDES_HELD
    }

    record WaitingTask(AccessKind kind, Runnable task) {}

    final ArrayDeque<WaitingTask> waiting = new ArrayDeque<>(4);
    int inFlight;
    boolean owned;

    /** Whether a write has run since this loop got the stripe; before that it is not passed on. */
    boolean used;

    boolean asked;
    boolean exclusive;

    /**
     * Whether a write of this loop had its turn but waits before anything of it is sent. Nothing of this loop may overtake
     * it. It is not in flight, so the stripe is passed on meanwhile.
     */
    boolean held;

    boolean advancing;

    boolean isIdle() {
        return inFlight == 0 && waiting.isEmpty() && !held;
    }

    /** Whether nothing runs, and nothing would run if this loop got the stripe. */
    boolean isAtRest() {
        return inFlight == 0 && (held || waiting.isEmpty());
    }

    /** Whether a read must wait behind a write. */
    boolean delaysReads() {
        return exclusive || held || !waiting.isEmpty();
    }

    @Override
    public String toString() {
        return "in flight " + inFlight + ", owned " + owned + ", used " + used + ", asked " + asked + ", exclusive "
                + exclusive + ", held " + held + ", advancing " + advancing + ", waiting " + waiting;
    }
}
