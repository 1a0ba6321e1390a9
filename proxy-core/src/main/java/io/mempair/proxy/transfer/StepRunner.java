package io.mempair.proxy.transfer;

import io.mempair.proxy.loop.LoopContext;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries out one step after the other: holds a step back until it can begin, follows the one that is under way, and pauses after
 * one that failed. A step that was abandoned has no effect any more. Confined to its loop.
 */
final class StepRunner {

    /** Nanoseconds between two tries of a step that failed. */
    private static final long RETRY_NANOS = 1_000_000_000L;

    private record WaitingStep(BooleanSupplier ready, Runnable begin) {}

    private final LoopContext loop;
    private final Consumer<String> failures;
    private @Nullable WaitingStep waiting;
    private @Nullable CompletableFuture<Void> underWay;
    private long notBeforeNanos;

    /** @param failures  receives why a step failed */
    StepRunner(LoopContext loop, Consumer<String> failures) {
        this.loop = loop;
        this.failures = failures;
        this.notBeforeNanos = loop.nowNanos();
    }

    /** Begins a step in the first {@link #tick} that finds it ready and no pause; a step that waits already is dropped. */
    void await(BooleanSupplier ready, Runnable begin) {
        waiting = new WaitingStep(ready, begin);
    }

    /** Begins a step after that many nanoseconds. */
    void after(long pauseNanos, Runnable begin) {
        notBeforeNanos = loop.nowNanos() + pauseNanos;
        await(() -> true, begin);
    }

    /**
     * Follows a step that has begun.
     *
     * @param then   called when it has succeeded
     * @param again  called when it has failed, in a pause: what it awaits begins after that
     */
    void follow(CompletableFuture<Void> step, Runnable then, Runnable again) {
        underWay = step;
        step.whenCompleteAsync(
                (done, failure) -> {
                    if (underWay != step) {
                        return;
                    }
                    underWay = null;
                    if (failure == null) {
                        then.run();
                    } else {
                        failures.accept(textOf(failure));
                        pause();
                        again.run();
                    }
                },
                loop.eventLoop());
    }

    /** What to tell an operator of a failure: its cause if there is one. */
    static String textOf(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /** No step that waits begins for a while, because something failed. */
    void pause() {
        notBeforeNanos = loop.nowNanos() + RETRY_NANOS;
    }

    boolean isPaused() {
        return loop.nowNanos() - notBeforeNanos < 0;
    }

    /** Begins the step that waits if it can begin; call it now and then. */
    void tick() {
        WaitingStep next = waiting;
        if (next != null && !isPaused() && next.ready().getAsBoolean()) {
            waiting = null;
            next.begin().run();
        }
    }

    /** Drops the step that waits, and cancels the one that is under way. */
    void abandon() {
        CompletableFuture<Void> step = underWay;
        underWay = null;
        waiting = null;
        if (step != null) {
            step.cancel(false);
        }
    }
}
