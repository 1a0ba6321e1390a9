package io.mempair.ha.time;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks later, on one daemon thread of its own. For what may wait a moment: a task that blocks delays the
 * others. A task that fails is logged and, if it is a repeated one, goes on. Any thread may call.
 */
public final class Timers implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Timers.class);

    private final ScheduledThreadPoolExecutor executor;

    /**
     * @param threadName  as thread dumps show it
     */
    public Timers(String threadName) {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, threadName);
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setRejectedExecutionHandler((task, closed) -> {});
    }

    /** Runs {@code task} once after {@code delay}; never when closed before. */
    public void after(Duration delay, Runnable task) {
        executor.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Runs {@code task} now and then again and again, {@code pause} after it ended. */
    public void every(Duration pause, Runnable task) {
        executor.scheduleWithFixedDelay(() -> run(task), 0, pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** The executor would keep what is thrown to itself, and with an error a task that repeats would end in silence. */
    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("internal error: a timed task failed", e);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
