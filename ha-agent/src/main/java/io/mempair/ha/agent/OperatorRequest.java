package io.mempair.ha.agent;

import io.mempair.ha.time.Timers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The operator's requests to the election: one at a time, and each gets an outcome. Any thread. */
final class OperatorRequest {

    /** A request without an outcome by then fails. */
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
     * Starts a request by running {@code request}; the stage fails with {@link IllegalStateException} if another is in
     * progress.
     */
    CompletionStage<String> begin(Runnable request) {
        CompletableFuture<String> result = new CompletableFuture<>();
        if (!underWay.compareAndSet(null, result)) {
            return CompletableFuture.failedFuture(new IllegalStateException(what + " is under way"));
        }
        request.run();
        timers.after(LIMIT, () -> fail(result, "no result in time: see mempair status"));
        return result;
    }

    /** Completes the current request, if any, with a line for the operator. */
    void done(String line) {
        CompletableFuture<String> result = underWay.getAndSet(null);
        if (result != null) {
            result.complete(line);
        }
    }

    /** Fails the current request, if any. */
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
