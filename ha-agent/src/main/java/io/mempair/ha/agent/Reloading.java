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
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration file again and applies it, one reload at a time, on a thread that exists only meanwhile.
 * Logs, returns and remembers the outcome. Any thread.
 */
public final class Reloading {

    private static final Logger LOG = LoggerFactory.getLogger(Reloading.class);

    /** Longer than the data plane waits for new servers, shorter than callers wait. */
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

        /**
         * Reads the file and applies nothing.
         *
         * @return one line: what {@link #begin} would change
         * @throws ConfigException as {@link #begin}
         */
        default String preview() throws ConfigException {
            throw new IllegalStateException("there is no file to read again");
        }
    }

    private record ReloadOutcome(long atNanos, boolean applied, String text) {}

    /** One reload runs and one waits, which reads the then current file; a third would be redundant. */
    private final ThreadPoolExecutor worker = new ThreadPoolExecutor(
            1, 1, 1, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1), new DefaultThreadFactory("mempair-reload", true));

    private final ReloadAttempt attempt;
    private final Clock clock;
    private final Duration limit;
    private volatile Runnable onEnd = () -> {};
    private volatile BiConsumer<Boolean, String> onOutcome = (applied, outcome) -> {};
    private volatile @Nullable ReloadOutcome last;

    public Reloading(ReloadAttempt attempt, Clock clock) {
        this(attempt, clock, LIMIT);
    }

    /** @param limit  time to wait for one reload */
    Reloading(ReloadAttempt attempt, Clock clock, Duration limit) {
        this.attempt = attempt;
        this.clock = clock;
        this.limit = limit;
        worker.allowCoreThreadTimeOut(true);
    }

    /**
     * Runs {@code action} at the end of every reload, also a late one, before the caller is answered. On any thread;
     * must not fail.
     */
    void onEnd(Runnable action) {
        onEnd = action;
    }

    /** Runs {@code action} with every outcome, as {@link #last} tells it then. On any thread; must not fail. */
    public void onOutcome(BiConsumer<Boolean, String> action) {
        onOutcome = action;
    }

    /** What a program without a configuration file says to every reload; nothing was refused that could be mended in a file. */
    private static final class NothingToReloadException extends IllegalStateException {

        NothingToReloadException(String why) {
            super(why);
        }
    }

    /** For a program without a configuration file: every reload fails with {@code why}, and none is remembered. */
    public static ReloadAttempt never(String why) {
        return () -> CompletableFuture.failedFuture(new NothingToReloadException(why));
    }

    /**
     * Reloads. The stage completes with one line for the operator. It fails with {@link ConfigException} if the file is
     * invalid and nothing has changed, with another exception if applying it failed.
     */
    public CompletionStage<String> begin() {
        CompletableFuture<String> result = new CompletableFuture<>();
        try {
            worker.execute(() -> run(result));
        } catch (RejectedExecutionException full) {
            result.completeExceptionally(
                    new IllegalStateException("a reload is in progress and another one is queued", full));
        }
        return result;
    }

    /** Says what {@link #begin} would change; fails as that does, and changes nothing. */
    public CompletionStage<String> preview() {
        CompletableFuture<String> result = new CompletableFuture<>();
        try {
            worker.execute(() -> {
                try {
                    result.complete(attempt.preview());
                } catch (ConfigException | RuntimeException refused) {
                    result.completeExceptionally(refused);
                }
            });
        } catch (RejectedExecutionException full) {
            result.completeExceptionally(new IllegalStateException("a reload is in progress", full));
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
            LOG.atInfo().addKeyValue("changes", changes).log("reloaded: {} event=reloaded", changes);
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
            LOG.atError().addKeyValue("reason", why).log("reload failed: {} event=reload_failed", why);
            if (!(cause instanceof NothingToReloadException)) {
                end(false, why);
            }
            if (cause instanceof TimeoutException && applied != null) {
                applied.whenComplete(this::late);
            }
            result.completeExceptionally(new IllegalStateException(why, cause));
        }
    }

    /** The caller no longer waits, but the file may be applied now. */
    private void late(@Nullable String changes, @Nullable Throwable failure) {
        if (changes != null) {
            LOG.atWarn()
                    .addKeyValue("limit_ms", limit.toMillis())
                    .addKeyValue("changes", changes)
                    .log("reload finished late, after more than {} ms: {} event=reloaded", limit.toMillis(), changes);
            end(true, changes);
        } else if (failure != null) {
            LOG.atError()
                    .addKeyValue("limit_ms", limit.toMillis())
                    .addKeyValue("reason", FailureText.of(failure))
                    .log(
                            "reload failed late, after more than {} ms: {} event=reload_failed",
                            limit.toMillis(),
                            FailureText.of(failure));
        }
    }

    private void refuse(ConfigException refused, CompletableFuture<String> result) {
        refused.problems()
                .forEach(problem -> LOG.atError()
                        .addKeyValue("reason", problem)
                        .log("reload failed: {} event=reload_failed", problem));
        end(false, String.join("; ", refused.problems()));
        result.completeExceptionally(refused);
    }

    private void end(boolean applied, String text) {
        last = new ReloadOutcome(clock.nanoTime(), applied, text);
        onOutcome.accept(applied, text);
    }

    /** Outcome of the last reload, or null if there was none. */
    public NodeStatus.@Nullable Reload last() {
        ReloadOutcome outcome = last;
        return outcome == null
                ? null
                : new NodeStatus.Reload(
                        (clock.nanoTime() - outcome.atNanos()) / 1_000_000, outcome.applied(), outcome.text());
    }
}
