package io.mempair.proxy.inspect;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** How an operator looks at the requests of a proxy. Any thread. */
public interface RequestInspection {

    /** Of a program without requests. */
    RequestInspection NONE = new RequestInspection() {
        @Override
        public void seekSlow(Duration threshold, boolean plainKeys) {}

        @Override
        public Duration slowThreshold() {
            return Duration.ZERO;
        }

        @Override
        public List<SlowRequest> slow() {
            return List.of();
        }

        @Override
        public CompletionStage<TopKeys> top(Duration time, int limit) {
            return CompletableFuture.failedFuture(new IllegalStateException("this program serves no clients"));
        }

        @Override
        public void open(Tap tap) {}

        @Override
        public void close(Tap tap) {}
    };

    /**
     * Remembers requests that take so long, from now on.
     *
     * @param threshold  zero to seek none
     * @param plainKeys  whether keys are shown as they are; else their hash
     */
    void seekSlow(Duration threshold, boolean plainKeys);

    /** What takes so long is remembered now; zero if nothing is. */
    Duration slowThreshold();

    /** The last slow requests, the newest first. */
    List<SlowRequest> slow();

    /**
     * Counts keys for some time. The stage fails with {@link IllegalStateException} if that is under way already.
     *
     * @param limit  most keys in the result
     */
    CompletionStage<TopKeys> top(Duration time, int limit);

    /** Puts requests into {@code tap} until {@link #close}. */
    void open(Tap tap);

    /** Ends {@link #open}. */
    void close(Tap tap);
}
