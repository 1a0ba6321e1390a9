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
 * Keeps a guard process running: restarts a dead guard, kills and restarts a hung one, and reports its end as a loss of
 * the address. Logs the reason why a guard does not start once until it changes, and backs off. {@link #launch} and
 * {@link #giveUp} belong to the thread that writes to the guard; any thread may call {@link #look}.
 */
final class GuardKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(GuardKeeper.class);

    /** A guard that ran this long started well: its end counts as a new failure. */
    private static final Duration WELL_STARTED = Duration.ofMillis(500);

    /**
     * Longer than the detection of a hang. A guard that replaced a hung one and hangs again within this time is not
     * replaced immediately: the cause persists, and the next one would hang too.
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
     * @param startAfter  schedules {@link #launch} after a pause, which may be zero
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

    /** The running guard, or null. */
    @Nullable
    GuardProcess running() {
        return process;
    }

    long restarts() {
        return restarts.get();
    }

    /** Why no guard runs; null if one runs or is starting. */
    @Nullable
    String failure() {
        return failure;
    }

    /** Whether a guard was ever ready; before that the state is unknown. */
    boolean wasReady() {
        return everReady;
    }

    /**
     * Starts a guard unless one runs, and waits until it is ready; logs and retries a failure.
     *
     * @param keep  whether an address on the interface belongs to this node, from a guard that has ended
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
                    onEnd(started); // before it was registered here
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
            LOG.atError()
                    .addKeyValue("reason", why)
                    .log(
                            "cannot start the guard, so this node cannot hold the address: {}; retrying event=guard_failed",
                            why);
        }
        startAfter.accept(failures.pause());
    }

    /** Called periodically: clears the failures once a guard has run for a while. */
    synchronized void look() {
        if (process == null || !ranFor(hung ? ANSWERS_WELL : WELL_STARTED)) {
            return;
        }
        hung = false;
        if (failures.worked()) {
            LOG.info("guard running event=guard_running");
            failure = null;
        }
    }

    private boolean ranFor(Duration time) {
        return clock.nanoTime() - startedNanos > time.toNanos();
    }

    /** Drops the running guard: its pipe is broken, or this process cannot write. */
    void giveUp() {
        GuardProcess broken = process;
        if (broken != null) {
            onEnd(broken);
        }
    }

    private synchronized void onEnd(GuardProcess ended) {
        if (!stopped && process == ended) {
            // a surviving guard would later drop the address that the next one holds
            ended.kill();
            replace(ranFor(WELL_STARTED), "the guard ended", "it ended as soon as it had started");
        }
    }

    /** The guard does not reply: if it is the running one, kills it and starts another. Any thread. */
    synchronized void onSilence(GuardProcess silent) {
        if (stopped || process != silent) {
            return;
        }
        silent.kill();
        boolean first = !hung || ranFor(ANSWERS_WELL);
        hung = true;
        replace(first, "the guard no longer replied and was killed", "one guard after the other stops replying");
    }

    /**
     * Starts a replacement: immediately if the old one worked until now, and before the loss is reported, so that a
     * claim finds the new guard.
     */
    private void replace(boolean worked, String what, String failure) {
        process = null;
        restarts.incrementAndGet();
        if (worked) {
            failures.worked();
            this.failure = null;
            LOG.atWarn().addKeyValue("reason", what).log("{}; restarting it event=guard_restarted", what);
            startAfter.accept(Duration.ZERO);
        } else {
            retry(failure);
        }
        answers.lost(what);
    }

    /** Prevents further starts. */
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
