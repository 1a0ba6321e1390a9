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
 * Stays until SIGTERM or SIGINT, then stops in order and ends the process with exit code 0.
 */
final class Foreground {

    private static final Logger LOG = LoggerFactory.getLogger(Foreground.class);

    /** A node stops within five seconds by its contract; what takes longer is cut off. */
    private static final long STOP_SECONDS = 8;

    private Foreground() {}

    /**
     * Never returns: after a signal the process ends inside, once {@code stop} has done its work. What breaks meanwhile ends
     * it too, see {@link Ending}.
     *
     * @param stop  runs on the thread of the signal
     */
    static void untilSignal(Supplier<CompletionStage<Void>> stop) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stop), "stop"));
        new CountDownLatch(1).await();
    }

    /** The JVM would report a signal as 143; an orderly stop is a success, so it is halted with 0 instead. */
    private static void end(Supplier<CompletionStage<Void>> stop) {
        LOG.info("stopping event=stopping");
        int exitCode = 0;
        try {
            stop.get().toCompletableFuture().get(STOP_SECONDS, TimeUnit.SECONDS);
            LOG.info("stopped event=stopped");
        } catch (TimeoutException e) {
            LOG.error("not stopped within {} s, ending anyway", STOP_SECONDS);
            exitCode = 1;
        } catch (ExecutionException | InterruptedException | RuntimeException e) {
            LOG.error("internal error: stopping failed", e);
            exitCode = 1;
        }
        Runtime.getRuntime().halt(exitCode);
    }
}
