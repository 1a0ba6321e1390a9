package io.mempair.ha.address;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs hooks one at a time, on its own thread, from a bounded queue. Any thread. */
final class HookThread implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HookThread.class);
    private static final int MAX_WAITING = 64;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    private final ThreadPoolExecutor executor;

    HookThread(String name) {
        executor = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING), task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setRejectedExecutionHandler((task, full) -> {
            if (!full.isShutdown()) {
                LOG.warn("hook skipped: {} are already queued", MAX_WAITING);
            }
        });
    }

    /** Runs {@code task} after the earlier ones; cancelling the result ends it immediately. */
    Future<?> submit(Runnable task) {
        FutureTask<?> future = new FutureTask<>(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException | Error e) { // otherwise the future would swallow the exception
                        LOG.error("internal error: a hook's task failed", e);
                    }
                },
                null);
        executor.execute(future);
        return future;
    }

    /** Runs the queued hooks for at most a second, then ends them. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(CLOSE_LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
