package io.mempair.ha.address;

import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.Timers;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the virtual address through a guard process, which drops it when this process dies (end of the pipe,
 * milliseconds), when it falls silent (a command says how long it holds), and which the kernel survives (a lifetime
 * of one second on the address itself).
 *
 * <p>One thread writes to the pipe, from a bounded queue, because a stopped guard fills its pipe; the guard's
 * own thread reads its answers. No exit code is believed: what the interface carries is read back. A guard that
 * died is started again, and its end reported as a loss.
 */
public final class Guard implements VirtualAddress {

    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);
    private static final Duration OBSERVE = Duration.ofSeconds(1);
    private static final Duration RESTART_PAUSE = Duration.ofMillis(500);
    private static final Duration START_LIMIT = Duration.ofSeconds(2);
    private static final int MAX_COMMANDS = 64;

    private enum Kind {
        START,
        CLAIM,
        RENEW,
        ANNOUNCE,
        RELEASE,
        CLOSE
    }

    private record Command(Kind kind, long epoch) {}

    private final VirtualAddressConfig config;
    private final long silenceMillis;
    private final Clock clock;
    private final Timers timers = new Timers("mempair-address-timer");
    private final BlockingQueue<Command> queue = new ArrayBlockingQueue<>(MAX_COMMANDS);
    private final Queue<Command> unanswered = new ConcurrentLinkedQueue<>();
    private final AtomicLong restarts = new AtomicLong();
    private final Thread writer = new Thread(this::write, "mempair-guard-commands");
    private volatile long leaseUntilNanos;
    private volatile long startedNanos;
    private volatile boolean closed;
    private volatile @Nullable Listener listener;
    private volatile @Nullable GuardProcess process;

    /**
     * @param silence  the guard drops the address when nothing was heard for so long; less than the peer's lease
     */
    public Guard(VirtualAddressConfig config, Duration silence, Clock clock) {
        this.config = config;
        this.silenceMillis = silence.toMillis();
        this.clock = clock;
        this.leaseUntilNanos = clock.nanoTime();
        writer.setDaemon(true);
    }

    @Override
    public void start(Listener to) {
        listener = to;
        offer(new Command(Kind.START, 0));
        writer.start();
        timers.every(OBSERVE, () -> to.observed(carries()));
    }

    @Override
    public void lease(long untilNanos) {
        leaseUntilNanos = untilNanos;
        offer(new Command(Kind.RENEW, 0));
    }

    @Override
    public void claim(long epoch) {
        offer(new Command(Kind.CLAIM, epoch));
    }

    @Override
    public void announce() {
        offer(new Command(Kind.ANNOUNCE, 0));
    }

    @Override
    public void release(long epoch) {
        offer(new Command(Kind.RELEASE, epoch));
    }

    @Override
    public void close() {
        closed = true;
        timers.close();
        queue.clear();
        offer(new Command(Kind.CLOSE, 0));
        try {
            writer.join(1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        GuardProcess last = process;
        if (last != null) {
            last.close();
        }
    }

    /** How often the guard died and was started again. */
    public long restarts() {
        return restarts.get();
    }

    /** Process id of the running guard, or 0. */
    public long pid() {
        GuardProcess running = process;
        return running == null ? 0 : running.pid();
    }

    /** A renewal that finds the queue full is not needed; the guard's silence is what it deserves. */
    private void offer(Command command) {
        if (!queue.offer(command) && command.kind() != Kind.RENEW) {
            LOG.warn("guard: {} not sent, its pipe is stuck", command.kind());
        }
    }

    private void write() {
        try {
            for (Command command = queue.take(); command.kind() != Kind.CLOSE; command = queue.take()) {
                try {
                    carryOut(command);
                } catch (IOException e) {
                    LOG.warn("guard: {}: {}", command.kind(), e.getMessage());
                    GuardProcess broken = process;
                    if (broken != null) {
                        onEnd(broken);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void carryOut(Command command) throws IOException, InterruptedException {
        if (command.kind() == Kind.START) {
            launch();
            return;
        }
        GuardProcess running = process;
        if (running == null) {
            refuse(command);
            return;
        }
        long holdMillis = Math.min(silenceMillis, (leaseUntilNanos - clock.nanoTime()) / 1_000_000);
        switch (command.kind()) {
            case CLAIM -> {
                if (holdMillis <= 0) {
                    tell(to -> to.failed(command.epoch(), "the lease was over before the address could be claimed"));
                } else {
                    unanswered.add(command);
                    running.write(List.of("claim " + holdMillis));
                }
            }
            case RENEW -> {
                if (holdMillis > 0) {
                    running.write(List.of("renew " + holdMillis));
                }
            }
            case ANNOUNCE -> running.write(List.of("announce"));
            case RELEASE -> {
                unanswered.add(command);
                running.write(List.of("release"));
            }
            default -> throw new AssertionError(command);
        }
    }

    private void refuse(Command command) {
        if (command.kind() == Kind.CLAIM) {
            tell(to -> to.failed(command.epoch(), "the guard is not running"));
        } else if (command.kind() == Kind.RELEASE && !carries()) {
            tell(to -> to.released(command.epoch()));
        }
    }

    private void launch() throws InterruptedException {
        if (closed || process != null) {
            return;
        }
        unanswered.clear();
        try {
            GuardProcess started = new GuardProcess(config, this::onAnswer, this::onEnd);
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
        timers.after(RESTART_PAUSE, () -> offer(new Command(Kind.START, 0)));
    }

    /** A guard that ran for a while is replaced at once, before the loss is told, so that a claim finds the new one. */
    private synchronized void onEnd(GuardProcess ended) {
        if (closed || process != ended) {
            return;
        }
        process = null;
        restarts.incrementAndGet();
        LOG.warn("the guard ended; starting it again");
        if (clock.nanoTime() - startedNanos > RESTART_PAUSE.toNanos()) {
            offer(new Command(Kind.START, 0));
        } else {
            timers.after(RESTART_PAUSE, () -> offer(new Command(Kind.START, 0)));
        }
        tell(to -> to.lost("the guard ended"));
    }

    /** Answers come in the order of the commands. */
    private void onAnswer(String line) {
        if (line.equals("dropped")) {
            tell(to -> to.lost("the guard heard nothing for too long and dropped the address"));
        } else {
            Command asked = unanswered.poll();
            if (asked != null) {
                onAnswer(asked, line);
            }
        }
    }

    private void onAnswer(Command asked, String line) {
        boolean held = carries();
        if (asked.kind() == Kind.CLAIM) {
            tell(to -> {
                if (held) {
                    to.claimed(asked.epoch());
                } else {
                    to.failed(
                            asked.epoch(), line.startsWith("failed ") ? line.substring(7) : "the address is not there");
                }
            });
        } else if (held) {
            LOG.warn("released, but the interface still carries {}", config.address());
        } else {
            tell(to -> to.released(asked.epoch()));
        }
    }

    private boolean carries() {
        return Interfaces.carries(config.interfaceName(), config.address());
    }

    private void tell(Consumer<Listener> what) {
        Listener to = listener;
        if (to != null && !closed) {
            what.accept(to);
        }
    }
}
