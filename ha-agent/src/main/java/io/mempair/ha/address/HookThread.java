package io.mempair.ha.address;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs hooks one after the other, on a thread of its own, from a bounded queue. Any thread may call. */
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
                LOG.warn("a hook is not run: {} are waiting", MAX_WAITING);
            }
        });
    }

    /** Has {@code task} run when those before it have; cancelling what is returned ends it at once. */
    Future<?> submit(Runnable task) {
        FutureTask<?> future = new FutureTask<>(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException | Error e) { // the future would keep it to itself
                        LOG.error("a hook's task failed", e);
                    }
                },
                null);
        executor.execute(future);
        return future;
    }

    /** What waits is run, for at most a second; then it is ended. */
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
