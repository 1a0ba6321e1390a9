package io.mempair.ha.address;

import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.time.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a guard process running: one that died is started again, and its end told as a loss. What keeps a guard from
 * starting is said once, until the reason changes, and the tries grow rarer. {@link #launch} and
 * {@link #giveUp} belong to the thread that writes to the guard; any thread may look.
 */
final class GuardKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(GuardKeeper.class);

    /** A guard that ran for so long had started well: its end is a new matter. */
    private static final Duration WELL_STARTED = Duration.ofMillis(500);

    private static final Duration START_LIMIT = Duration.ofSeconds(2);

    private final VirtualAddressConfig config;
    private final GuardAnswers answers;
    private final Clock clock;
    private final Consumer<Duration> startAfter;
    private final List<String> shell;
    private final StartFailures failures = new StartFailures();
    private final AtomicLong restarts = new AtomicLong();
    private volatile long startedNanos;
    private volatile boolean stopped;
    private volatile @Nullable GuardProcess process;

    /**
     * @param shell       what runs the script it reads from its input
     * @param startAfter  has {@link #launch} called after a pause, which may be zero
     */
    GuardKeeper(
            VirtualAddressConfig config,
            List<String> shell,
            GuardAnswers answers,
            Clock clock,
            Consumer<Duration> startAfter) {
        this.config = config;
        this.shell = shell;
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
            GuardProcess started = new GuardProcess(shell, config, answers::onLine, this::onEnd);
            if (started.awaitReady(START_LIMIT)) {
                startedNanos = clock.nanoTime();
                process = started;
                LOG.debug("guard ready, pid {}", started.pid());
                if (started.hasEnded()) {
                    onEnd(started); // before it was known here
                }
                return;
            }
            started.close();
            retry("it did not become ready within " + START_LIMIT.toMillis() + " ms");
        } catch (IOException e) {
            retry(String.valueOf(e.getMessage()));
        }
    }

    private synchronized void retry(String why) {
        if (failures.failed(why)) {
            LOG.error("the guard cannot be started, so the address cannot be held: {}; trying on", why);
        }
        startAfter.accept(failures.pause());
    }

    /** Called again and again: what the failures were about is over once a guard has run for a while. */
    synchronized void look() {
        if (process != null && ranForAWhile() && failures.worked()) {
            LOG.info("the guard runs");
        }
    }

    private boolean ranForAWhile() {
        return clock.nanoTime() - startedNanos > WELL_STARTED.toNanos();
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
        if (ranForAWhile()) {
            failures.worked();
            LOG.warn("the guard ended; starting it again");
            startAfter.accept(Duration.ZERO);
        } else {
            retry("it ended as soon as it had started");
        }
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
