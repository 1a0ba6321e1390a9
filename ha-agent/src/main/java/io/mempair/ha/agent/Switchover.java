package io.mempair.ha.agent;

import io.mempair.ha.time.Timers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The operator's switchover: one at a time, and each has an outcome, whatever becomes of it. Any thread. */
final class Switchover {

    /** A switchover that neither succeeded nor failed by then has failed. */
    private static final Duration LIMIT = Duration.ofSeconds(6);

    private final Timers timers;
    private final AtomicReference<@Nullable CompletableFuture<String>> underWay = new AtomicReference<>();

    Switchover(Timers timers) {
        this.timers = timers;
    }

    /**
     * Begins one by running {@code request}; the stage fails with {@link IllegalStateException} when one is under way.
     */
    CompletionStage<String> begin(Runnable request) {
        CompletableFuture<String> result = new CompletableFuture<>();
        if (!underWay.compareAndSet(null, result)) {
            return CompletableFuture.failedFuture(new IllegalStateException("a switchover is under way"));
        }
        request.run();
        timers.after(LIMIT, () -> fail(result, "no outcome in time: look at the status"));
        return result;
    }

    /** Ends the one under way, if there is one, with a line for the operator. */
    void done(String line) {
        CompletableFuture<String> result = underWay.getAndSet(null);
        if (result != null) {
            result.complete(line);
        }
    }

    /** Ends the one under way, if there is one, in failure. */
    void failed(String why) {
        fail(underWay.get(), why);
    }

    private void fail(@Nullable CompletableFuture<String> result, String why) {
        if (result != null) {
            underWay.compareAndSet(result, null);
            result.completeExceptionally(new IllegalStateException(why));
        }
    }
}
