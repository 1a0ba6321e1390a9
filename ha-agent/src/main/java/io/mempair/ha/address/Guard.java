package io.mempair.ha.address;

import io.mempair.ha.address.GuardCommand.GuardCommandKind;
import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.config.VirtualAddressConfig.ConflictPolicy;
import io.mempair.ha.thread.VitalThread;
import io.mempair.ha.time.Clock;
import io.mempair.ha.time.Timers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the virtual addresses through a guard process. The guard drops them when this process dies (end of the pipe,
 * milliseconds) or falls silent (each command carries a deadline). If the guard fails too, the kernel drops them (the
 * addresses have a lifetime of one second). It does not fence the peer: see {@link HookedAddress}.
 *
 * <p>One thread writes to the pipe, from a bounded queue, because a stopped guard fills its pipe; another thread reads
 * the replies ({@link GuardAnswers}). {@link GuardKeeper} keeps a guard running, and {@link GuardPulse} checks that it
 * replies.
 */
public final class Guard implements VirtualAddress {

    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);
    private static final Duration OBSERVE = Duration.ofSeconds(1);
    private static final int MAX_COMMANDS = 64;

    /**
     * Its own session, so that a signal to this process group does not reach it; bash, because Debian's sh cannot read
     * with a timeout.
     */
    private static final List<String> SHELL = List.of("setsid", "bash");

    private final VirtualAddressConfig config;
    private final long silenceMillis;
    private final Clock clock;
    private final Supplier<List<String>> connections;
    private final Timers timers = new Timers("mempair-address-timer");
    private final BlockingQueue<GuardCommand> queue = new ArrayBlockingQueue<>(MAX_COMMANDS);
    private final GuardPulse pulse = new GuardPulse();
    private final GuardRemarks remarks;
    private final GuardAnswers answers;
    private final GuardKeeper keeper;
    private final Thread writer = new VitalThread(this::write, "mempair-guard-commands");
    private volatile long leaseUntilNanos;
    private volatile long holdLongestMillis;
    private @Nullable GuardCommand ordered;
    private int interfaceIndex;
    private @Nullable GuardProcess felt;
    private @Nullable GuardProcess told;
    private List<String> toldConnections = List.of();

    /**
     * @param silence      silence after which the guard drops the address; shorter than the peer's lease
     * @param connections  the connections to cut when the lease ends and this process does nothing, each as {@code
     *     LOCAL>REMOTE}, addresses with ports as {@code ss} writes them; called by one thread, must not block
     */
    public Guard(VirtualAddressConfig config, Duration silence, Clock clock, Supplier<List<String>> connections) {
        this(config, silence, clock, connections, SHELL);
    }

    Guard(
            VirtualAddressConfig config,
            Duration silence,
            Clock clock,
            Supplier<List<String>> connections,
            List<String> shell) {
        this.connections = connections;
        this.silenceMillis = silence.toMillis();
        this.clock = clock;
        this.leaseUntilNanos = clock.nanoTime();
        this.config = config;
        this.remarks = new GuardRemarks(config, clock);
        this.answers = new GuardAnswers(config, pulse, remarks, this::claimAgain);
        this.keeper = new GuardKeeper(config, shell, answers, clock, this::startAfter);
    }

    @Override
    public void start(AddressListener to) {
        answers.start(to);
        offer(new GuardCommand(GuardCommandKind.START));
        writer.start();
        timers.every(OBSERVE, this::observe);
        timers.every(GuardPulse.PAUSE, this::feelPulse);
    }

    private void observe() {
        keeper.look();
        int index = Interfaces.index(config);
        if (index != interfaceIndex && index != 0) {
            offer(new GuardCommand(GuardCommandKind.RENUMBERED));
            interfaceIndex = index;
        }
        answers.observe();
    }

    private void feelPulse() {
        GuardProcess running = keeper.running();
        if (running == null || running != felt) {
            // a new guard is not responsible for commands of the previous one
            felt = running;
            pulse.reset(clock.nanoTime());
            return;
        }
        switch (pulse.look(clock.nanoTime(), answers.patience(), running::isStopped)) {
            case PING -> offer(new GuardCommand(GuardCommandKind.PING));
            case SILENT -> keeper.onSilence(running);
            case GOOD -> {}
        }
    }

    private void startAfter(Duration pause) {
        if (pause.isZero()) {
            offer(new GuardCommand(GuardCommandKind.START));
        } else {
            timers.after(pause, () -> offer(new GuardCommand(GuardCommandKind.START)));
        }
    }

    @Override
    public void lease(long untilNanos) {
        leaseUntilNanos = untilNanos;
        offer(new GuardCommand(GuardCommandKind.RENEW));
    }

    @Override
    public void claim(long epoch, @Nullable String fence, boolean unhurried) {
        order(new GuardCommand(GuardCommandKind.CLAIM, epoch, unhurried));
    }

    @Override
    public void announce() {
        offer(new GuardCommand(GuardCommandKind.ANNOUNCE));
    }

    @Override
    public void release(long epoch) {
        order(new GuardCommand(GuardCommandKind.RELEASE, epoch, false));
    }

    @Override
    public void hold(Duration longest) {
        holdLongestMillis = longest.toMillis();
        offer(new GuardCommand(GuardCommandKind.HOLD));
    }

    /** Enqueues under the lock, so that the last command is last in the queue. */
    private synchronized void order(GuardCommand command) {
        ordered = command;
        offer(command);
    }

    /**
     * Repeats a claim that came too late; a renewal may wait unread behind it. Not if another command followed: it
     * would undo a release.
     */
    @SuppressWarnings("ReferenceEquality") // two equal claims are two commands
    private synchronized boolean claimAgain(GuardCommand late) {
        if (ordered != late) {
            return false;
        }
        order(late.hurried());
        return true;
    }

    @Override
    public @Nullable List<String> problems() {
        String failure = keeper.failure();
        if (failure != null) {
            return List.of("the guard cannot be started, so the address cannot be held: " + failure);
        }
        return keeper.wasReady() ? remarks.problems() : null;
    }

    @Override
    public List<String> warnings() {
        return remarks.warnings();
    }

    @Override
    public void close() {
        answers.close();
        keeper.stop();
        timers.close();
        queue.clear();
        offer(new GuardCommand(GuardCommandKind.CLOSE));
        try {
            writer.join(1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        keeper.close();
    }

    /** Number of restarts of the guard. */
    public long restarts() {
        return keeper.restarts();
    }

    /** Number of replies of other hosts for one of the addresses. */
    public long conflicts() {
        return remarks.conflicts();
    }

    /** Process id of the running guard, or 0. */
    public long pid() {
        GuardProcess running = keeper.running();
        return running == null ? 0 : running.pid();
    }

    /** Enqueues a renewal or ping. If the queue is full it is dropped, and the guard times out. */
    private void offer(GuardCommand command) {
        if (!queue.offer(command)
                && command.kind() != GuardCommandKind.RENEW
                && command.kind() != GuardCommandKind.PING) {
            LOG.warn("guard: {} not sent, the pipe is full", command.kind());
        }
    }

    private void write() {
        try {
            for (GuardCommand command = queue.take();
                    command.kind() != GuardCommandKind.CLOSE;
                    command = queue.take()) {
                try {
                    carryOut(command);
                } catch (IOException | UncheckedIOException e) {
                    LOG.warn("guard: {}: {}", command.kind(), e.getMessage());
                    keeper.giveUp();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void carryOut(GuardCommand command) throws IOException, InterruptedException {
        if (command.kind() == GuardCommandKind.START) {
            keeper.launch(answers.isWanted() && leaseUntilNanos - clock.nanoTime() > 0);
            return;
        }
        GuardProcess running = keeper.running();
        if (running == null) {
            answers.refuse(command);
            return;
        }
        // a deadline, with its start read first: a pause of this process from here on extends nothing
        long nowMillis = clock.hostMillis();
        long leaseMillis = Math.max(0, (leaseUntilNanos - clock.nanoTime()) / 1_000_000);
        long holdMillis = Math.min(silenceMillis, leaseMillis);
        switch (command.kind()) {
            case CLAIM -> {
                if (holdMillis <= 0) {
                    answers.leaseOver(command);
                } else {
                    answers.expect(command);
                    boolean ask = command.unhurried() && config.conflict() == ConflictPolicy.REFUSE;
                    running.write(List.of("claim " + (nowMillis + holdMillis) + (ask ? " unhurried" : "")));
                }
            }
            case RENEW -> {
                tellConnections(running);
                running.write(
                        holdMillis > 0
                                ? List.of("lease " + (nowMillis + leaseMillis), "renew " + (nowMillis + holdMillis))
                                : List.of("lease 0")); // a loop that is stuck cannot close its connections itself
            }
            case PING -> running.write(List.of("ping " + pulse.number()));
            case HOLD -> running.write(List.of("hold " + (nowMillis + holdLongestMillis)));
            case RENUMBERED -> running.write(List.of("renumbered"));
            case ANNOUNCE -> running.write(List.of("announce"));
            case RELEASE -> {
                answers.expect(command);
                running.write(List.of("release"));
            }
            default -> throw new AssertionError(command);
        }
    }

    /** Tells a guard what it is to cut, if it does not know. */
    private void tellConnections(GuardProcess running) throws IOException {
        List<String> now = connections.get();
        if (running != told || !now.equals(toldConnections)) {
            running.write(List.of("connections " + String.join(" ", now)));
            told = running;
            toldConnections = now;
        }
    }
}
