package io.mempair.ha.agent;

import io.mempair.ha.time.Timers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What the operator wants of the election: one at a time, and each has an outcome, whatever becomes of it. Any thread. */
final class OperatorRequest {

    /** One that neither succeeded nor failed by then has failed. */
    private static final Duration LIMIT = Duration.ofSeconds(6);

    private final String what;
    private final Timers timers;
    private final AtomicReference<@Nullable CompletableFuture<String>> underWay = new AtomicReference<>();

    /** @param what  as in {@code a switchover} */
    OperatorRequest(String what, Timers timers) {
        this.what = what;
        this.timers = timers;
    }

    /**
     * Begins one by running {@code request}; the stage fails with {@link IllegalStateException} when one is under way.
     */
    CompletionStage<String> begin(Runnable request) {
        CompletableFuture<String> result = new CompletableFuture<>();
        if (!underWay.compareAndSet(null, result)) {
            return CompletableFuture.failedFuture(new IllegalStateException(what + " is under way"));
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
