package io.mempair.ha.cli;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stays until SIGTERM or SIGINT, then stops in order and ends the process with exit code 0; or until what runs breaks by
 * itself, which ends it with 1, so that a supervisor starts it again.
 */
final class Foreground {

    private static final Logger LOG = LoggerFactory.getLogger(Foreground.class);

    /** A node stops within five seconds by its contract; what takes longer is cut off. */
    private static final long STOP_SECONDS = 8;

    private Foreground() {}

    /**
     * After a signal the process ends inside, once {@code stop} has done its work. Returns only when {@code ended}
     * fails; then the process should exit, which runs {@code stop} as well and ends with 1.
     *
     * @param stop   runs on the thread of the signal
     * @param ended  fails when what runs broke by itself
     */
    static void untilSignal(Supplier<CompletionStage<Void>> stop, CompletionStage<Void> ended)
            throws InterruptedException {
        CountDownLatch broken = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stop, broken), "stop"));
        ended.exceptionally(failure -> {
            LOG.error("ending, because of {}", String.valueOf(failure));
            broken.countDown();
            return null;
        });
        broken.await();
    }

    /** The JVM would report a signal as 143; an orderly stop is a success, so it is halted with 0 instead. */
    private static void end(Supplier<CompletionStage<Void>> stop, CountDownLatch broken) {
        LOG.info("stopping");
        int exitCode = broken.getCount() == 0 ? 1 : 0;
        try {
            stop.get().toCompletableFuture().get(STOP_SECONDS, TimeUnit.SECONDS);
            LOG.info("stopped");
        } catch (TimeoutException e) {
            LOG.error("not stopped within {} s, ending anyway", STOP_SECONDS);
            exitCode = 1;
        } catch (ExecutionException | InterruptedException | RuntimeException e) {
            LOG.error("stopping failed", e);
            exitCode = 1;
        }
        Runtime.getRuntime().halt(exitCode);
    }
}
