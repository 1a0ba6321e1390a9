package io.mempair.ha.agent;

import io.mempair.ha.config.ConfigException;
import io.mempair.ha.time.Clock;
import io.mempair.proxy.config.FailureText;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the operator's file again and has it applied, one reload after the other, on a thread of its own that lives only
 * meanwhile. What came of it is logged, answered and remembered. Any thread may ask.
 */
public final class Reloading {

    private static final Logger LOG = LoggerFactory.getLogger(Reloading.class);

    /** Above the time the data plane waits for new servers, below what an asker waits. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** One reload. */
    public interface ReloadAttempt {
        /**
         * Reads the file and applies it.
         *
         * @return one line: what changed; the stage, too, may fail with {@link ConfigException}
         * @throws ConfigException when the file is wrong, or cannot be applied to a running program; nothing has changed
         */
        CompletionStage<String> begin() throws ConfigException;
    }

    private record ReloadOutcome(long atNanos, boolean applied, String text) {}

    /** One runs and one waits, which will read the file as it is then: a third would do nothing more. */
    private final ThreadPoolExecutor worker = new ThreadPoolExecutor(
            1, 1, 1, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1), new DefaultThreadFactory("mempair-reload", true));

    private final ReloadAttempt attempt;
    private final Clock clock;
    private final Duration limit;
    private volatile Runnable onEnd = () -> {};
    private volatile @Nullable ReloadOutcome last;

    public Reloading(ReloadAttempt attempt, Clock clock) {
        this(attempt, clock, LIMIT);
    }

    /** @param limit  how long one is waited for */
    Reloading(ReloadAttempt attempt, Clock clock, Duration limit) {
        this.attempt = attempt;
        this.clock = clock;
        this.limit = limit;
        worker.allowCoreThreadTimeOut(true);
    }

    /** Has {@code action} run whenever a reload has ended, also late, before who asked is answered. On any thread; must not fail. */
    void onEnd(Runnable action) {
        onEnd = action;
    }

    /** For a program that has nothing to read again: every reload fails with {@code why}. */
    public static ReloadAttempt never(String why) {
        return () -> CompletableFuture.failedFuture(new IllegalStateException(why));
    }

    /**
     * Reloads. The stage completes with one line for the operator; it fails with {@link ConfigException} when the file is
     * to blame and nothing has changed, with another exception when it did not work.
     */
    public CompletionStage<String> begin() {
        CompletableFuture<String> result = new CompletableFuture<>();
        try {
            worker.execute(() -> run(result));
        } catch (RejectedExecutionException full) {
            result.completeExceptionally(
                    new IllegalStateException("a reload is under way and another waits, which will do", full));
        }
        return result;
    }

    private void run(CompletableFuture<String> result) {
        CompletableFuture<String> applied = null;
        try {
            applied = attempt.begin()
                    .whenComplete((changes, failure) -> onEnd.run())
                    .toCompletableFuture();
            String changes = applied.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            LOG.info("reloaded: {}", changes);
            end(true, changes);
            result.complete(changes);
        } catch (ConfigException refused) {
            refuse(refused, result);
        } catch (ExecutionException | TimeoutException | RuntimeException | InterruptedException e) {
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            if (cause instanceof ConfigException refused) {
                refuse(refused, result);
                return;
            }
            String why = cause instanceof TimeoutException
                    ? "no result within " + limit.toMillis() + " ms, the log says when it ends"
                    : FailureText.of(cause);
            LOG.error("not reloaded: {}", why);
            end(false, why);
            if (cause instanceof TimeoutException && applied != null) {
                applied.whenComplete(this::late);
            }
            result.completeExceptionally(new IllegalStateException(why, cause));
        }
    }

    /** Nobody waits any more, but the program may run by the file now. */
    private void late(@Nullable String changes, @Nullable Throwable failure) {
        if (changes != null) {
            LOG.warn("reloaded after all, later than {} ms: {}", limit.toMillis(), changes);
            end(true, changes);
        } else if (failure != null) {
            LOG.error("not reloaded in the end either: {}", FailureText.of(failure));
        }
    }

    private void refuse(ConfigException refused, CompletableFuture<String> result) {
        refused.problems().forEach(problem -> LOG.error("not reloaded: {}", problem));
        end(false, String.join("; ", refused.problems()));
        result.completeExceptionally(refused);
    }

    private void end(boolean applied, String text) {
        last = new ReloadOutcome(clock.nanoTime(), applied, text);
    }

    /** What came of the last reload, or null if there was none. */
    public NodeStatus.@Nullable Reload last() {
        ReloadOutcome outcome = last;
        return outcome == null
                ? null
                : new NodeStatus.Reload(
                        (clock.nanoTime() - outcome.atNanos()) / 1_000_000, outcome.applied(), outcome.text());
    }
}
