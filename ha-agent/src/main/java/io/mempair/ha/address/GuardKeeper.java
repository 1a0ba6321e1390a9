package io.mempair.ha.address;

import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.time.Clock;
import io.mempair.proxy.config.FailureText;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a guard process running: one that died is started again, one that hangs is killed first, and its end is told as a
 * loss. What keeps a guard from starting is said once, until the reason changes, and the tries grow rarer.
 * {@link #launch} and {@link #giveUp} belong to the thread that writes to the guard; any thread may look.
 */
final class GuardKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(GuardKeeper.class);

    /** A guard that ran for so long had started well: its end is a new matter. */
    private static final Duration WELL_STARTED = Duration.ofMillis(500);

    /**
     * Longer than it takes to notice a hang. One that replaced a guard that hung, and hangs too before it ran for so long, is not
     * replaced at once: what they share is not over, and the next would hang as well.
     */
    private static final Duration ANSWERS_WELL = Duration.ofSeconds(3);

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
    private boolean hung;
    private volatile boolean everReady;
    private volatile @Nullable String failure;

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

    /** Why there is no guard, or null when there is one, or one is about to start. */
    @Nullable
    String failure() {
        return failure;
    }

    /** Whether a guard was ever there: before, nothing is known. */
    boolean wasReady() {
        return everReady;
    }

    /**
     * Starts a guard unless one runs, and waits until it is ready; a failure is logged and tried again.
     *
     * @param keep  the address on the interface, if there, is this node's, and was guarded by one that is no more
     */
    void launch(boolean keep) throws InterruptedException {
        if (stopped || process != null) {
            return;
        }
        try {
            GuardProcess started = new GuardProcess(shell, config, keep, answers::onLine, this::onEnd);
            if (started.awaitReady(START_LIMIT)) {
                startedNanos = clock.nanoTime();
                List<GuardCommand> unanswered = answers.forget();
                process = started;
                everReady = true;
                if (!keep) {
                    answers.droppedAtStart(unanswered);
                }
                LOG.debug("guard ready, pid {}", started.pid());
                if (started.hasEnded()) {
                    onEnd(started); // before it was known here
                }
                return;
            }
            started.kill();
            retry("it did not become ready within " + START_LIMIT.toMillis() + " ms");
        } catch (IOException e) {
            retry(FailureText.of(e));
        }
    }

    private synchronized void retry(String why) {
        failure = why;
        if (failures.failed(why)) {
            LOG.error("the guard cannot be started, so the address cannot be held: {}; trying on", why);
        }
        startAfter.accept(failures.pause());
    }

    /** Called again and again: what the failures were about is over once a guard has run for a while. */
    synchronized void look() {
        if (process == null || !ranFor(hung ? ANSWERS_WELL : WELL_STARTED)) {
            return;
        }
        hung = false;
        if (failures.worked()) {
            LOG.info("the guard runs");
            failure = null;
        }
    }

    private boolean ranFor(Duration time) {
        return clock.nanoTime() - startedNanos > time.toNanos();
    }

    /** The running guard is not told any more what to do: its pipe is broken, or this process cannot say it. */
    void giveUp() {
        GuardProcess broken = process;
        if (broken != null) {
            onEnd(broken);
        }
    }

    private synchronized void onEnd(GuardProcess ended) {
        if (!stopped && process == ended) {
            // one that lives on would later drop the address that the next one holds
            ended.kill();
            replace(ranFor(WELL_STARTED), "the guard ended", "it ended as soon as it had started");
        }
    }

    /** The running guard, if this is it, does not answer: kills it and starts another. Any thread. */
    synchronized void onSilence(GuardProcess silent) {
        if (stopped || process != silent) {
            return;
        }
        silent.kill();
        boolean first = !hung || ranFor(ANSWERS_WELL);
        hung = true;
        replace(first, "the guard did not answer any more and was killed", "one after the other stops to answer");
    }

    /** At once if it worked until now, and before the loss is told, so that a claim finds the new one. */
    private void replace(boolean worked, String what, String failure) {
        process = null;
        restarts.incrementAndGet();
        if (worked) {
            failures.worked();
            this.failure = null;
            LOG.warn("{}; starting it again", what);
            startAfter.accept(Duration.ZERO);
        } else {
            retry(failure);
        }
        answers.lost(what);
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
