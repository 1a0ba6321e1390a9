package io.mempair.ha.address;

import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.time.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a guard process running: one that died is started again, and its end told as a loss. {@link #launch} and
 * {@link #giveUp} belong to the thread that writes to the guard; any thread may look.
 */
final class GuardKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(GuardKeeper.class);
    private static final Duration RESTART_PAUSE = Duration.ofMillis(500);
    private static final Duration START_LIMIT = Duration.ofSeconds(2);

    private final VirtualAddressConfig config;
    private final GuardAnswers answers;
    private final Clock clock;
    private final Consumer<Duration> startAfter;
    private final AtomicLong restarts = new AtomicLong();
    private volatile long startedNanos;
    private volatile boolean stopped;
    private volatile @Nullable GuardProcess process;

    /**
     * @param startAfter  has {@link #launch} called after a pause, which may be zero
     */
    GuardKeeper(VirtualAddressConfig config, GuardAnswers answers, Clock clock, Consumer<Duration> startAfter) {
        this.config = config;
        this.answers = answers;
        this.clock = clock;
        this.startAfter = startAfter;
    }

    /** The guard that takes commands, or null. */
    @Nullable
    GuardProcess running() {
        return process;
    }

    long restarts() {
        return restarts.get();
    }

    /** Starts a guard unless one runs, and waits until it is ready; a failure is logged and tried again. */
    void launch() throws InterruptedException {
        if (stopped || process != null) {
            return;
        }
        answers.forget();
        try {
            GuardProcess started = new GuardProcess(config, answers::onLine, this::onEnd);
            if (started.awaitReady(START_LIMIT)) {
                process = started;
                startedNanos = clock.nanoTime();
                LOG.debug("guard ready, pid {}", started.pid());
                return;
            }
            started.close();
            LOG.error("the guard did not become ready within {} ms", START_LIMIT.toMillis());
        } catch (IOException e) {
            LOG.error("the guard cannot be started: {}", e.getMessage());
        }
        startAfter.accept(RESTART_PAUSE);
    }

    /** The pipe of the running guard is broken. */
    void giveUp() {
        GuardProcess broken = process;
        if (broken != null) {
            onEnd(broken);
        }
    }

    /** A guard that ran for a while is replaced at once, before the loss is told, so that a claim finds the new one. */
    private synchronized void onEnd(GuardProcess ended) {
        if (stopped || process != ended) {
            return;
        }
        process = null;
        restarts.incrementAndGet();
        LOG.warn("the guard ended; starting it again");
        boolean ranForAWhile = clock.nanoTime() - startedNanos > RESTART_PAUSE.toNanos();
        startAfter.accept(ranForAWhile ? Duration.ZERO : RESTART_PAUSE);
        answers.lost("the guard ended");
    }

    /** No more starts. */
    void stop() {
        stopped = true;
    }

    /** Ends the running guard, which drops the address. */
    void close() {
        GuardProcess last = process;
        if (last != null) {
            last.close();
        }
    }
}
