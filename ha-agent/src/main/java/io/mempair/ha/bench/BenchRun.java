package io.mempair.ha.bench;

import io.mempair.ha.time.Clock;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One run from the first connection to the report: connect, store every key, warm up, measure, wait for the last replies.
 * Runs on the loop's thread.
 */
final class BenchRun implements BenchClient.BenchClientListener {

    private enum BenchPhase {
        CONNECTING,
        FILLING,
        RUNNING,
        DRAINING,
        OVER
    }

    /** A moment, so that a refused connection is not asked for without end; short beside any outage. */
    private static final long RECONNECT_NANOS = 5_000_000;

    private static final long FILL_TIMEOUT_NANOS = 5_000_000_000L;

    /** Timeouts are looked for this many times in each. */
    private static final int LOOKS_PER_TIMEOUT = 5;

    /** In one turn of the loop: replies must be read although more is due than can be sent. */
    private static final int MAX_REMINDERS = 256;

    private final BenchConfig config;
    private final EventLoop loop;
    private final Clock clock;
    private final Consumer<BenchInterval> onInterval;
    private final Tally tally;
    private final List<BenchClient> clients = new ArrayList<>();
    private final CompletableFuture<BenchReport> result = new CompletableFuture<>();
    private BenchPhase phase = BenchPhase.CONNECTING;
    private int connected;
    private long fromNanos;
    private long intervals;
    private long cpuAtStartNanos = -1;
    private long cpuNanos = -1;

    BenchRun(BenchConfig config, Bootstrap bootstrap, EventLoop loop, Clock clock, Consumer<BenchInterval> onInterval) {
        this.config = config;
        this.loop = loop;
        this.clock = clock;
        this.onInterval = onInterval;
        this.tally = new Tally(config.isOpenLoop());
        var dataset = new Dataset(config.keys(), config.valueBytes());
        var writer = new RequestWriter(dataset, config.keysPerGet());
        var fill = new FillFeed(config.keys());
        for (int i = 0; i < config.connections(); i++) {
            var conversation = new Conversation(i, config, dataset, writer, tally, fill);
            clients.add(new BenchClient(config, bootstrap, conversation, clock, this));
        }
    }

    CompletableFuture<BenchReport> result() {
        return result;
    }

    void connect() {
        clients.forEach(BenchClient::connect);
        long lookNanos = Math.max(1_000_000, config.timeoutNanos() / LOOKS_PER_TIMEOUT);
        loop.scheduleWithFixedDelay(this::checkTimeouts, lookNanos, lookNanos, TimeUnit.NANOSECONDS);
    }

    private void checkTimeouts() {
        long nowNanos = clock.nanoTime();
        // a short timeout is for the failover that is to be measured, not for the burst of the fill
        long timeoutNanos = phase == BenchPhase.FILLING
                ? Math.max(config.timeoutNanos(), FILL_TIMEOUT_NANOS)
                : config.timeoutNanos();
        clients.forEach(client -> client.checkTimeout(nowNanos, timeoutNanos));
    }

    @Override
    public void connected(BenchClient client) {
        if (phase != BenchPhase.CONNECTING) {
            client.pump();
            return;
        }
        connected++;
        if (connected == clients.size()) {
            phase = BenchPhase.FILLING;
            clients.forEach(BenchClient::pump);
        }
    }

    @Override
    public void idle() {
        boolean ending = phase == BenchPhase.FILLING || phase == BenchPhase.DRAINING;
        if (!ending || !clients.stream().allMatch(BenchClient::isIdle)) {
            return;
        }
        if (phase == BenchPhase.FILLING) {
            run();
        } else {
            end("");
        }
    }

    @Override
    public void lost(BenchClient client, String reason) {
        boolean again = config.reconnect() && (phase == BenchPhase.RUNNING || phase == BenchPhase.DRAINING);
        if (again) {
            client.reconnect(RECONNECT_NANOS);
        } else {
            end(reason);
        }
    }

    private void run() {
        phase = BenchPhase.RUNNING;
        var mix = new RequestMix(config.keys(), config.getPercent(), config.seed());
        long startNanos = clock.nanoTime();
        long lengthNanos = config.warmUpNanos() + config.measureNanos();
        fromNanos = startNanos + config.warmUpNanos();
        tally.window(fromNanos, startNanos + lengthNanos);
        if (config.isOpenLoop()) {
            var feed = new OpenFeed(mix, clients.size(), config.rate(), startNanos, lengthNanos);
            follow(feed);
            remind(feed, 0);
        } else {
            follow(new ClosedFeed(mix, startNanos + lengthNanos));
        }
        loop.schedule(this::measure, config.warmUpNanos(), TimeUnit.NANOSECONDS);
        loop.schedule(this::drain, lengthNanos, TimeUnit.NANOSECONDS);
        // not from here: the last reply of the fill is still being handled
        loop.execute(() -> clients.forEach(BenchClient::pump));
    }

    private void follow(Feed feed) {
        clients.forEach(client -> client.conversation().follow(feed, config.depth()));
    }

    /** Wakes each connection when a request of its own is due, from this one on. */
    private void remind(OpenFeed feed, long number) {
        long next = number;
        long last = number + MAX_REMINDERS;
        while (next < last && feed.has(next) && feed.dueNanos(next) - clock.nanoTime() <= 0) {
            clients.get(feed.connectionOf(next)).pump();
            next++;
        }
        if (feed.has(next) && phase == BenchPhase.RUNNING) {
            long from = next;
            long waitNanos = Math.max(0, feed.dueNanos(next) - clock.nanoTime());
            loop.schedule(() -> remind(feed, from), waitNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void measure() {
        cpuAtStartNanos = processCpuNanos();
        if (config.everyNanos() > 0) {
            loop.scheduleAtFixedRate(this::endInterval, config.everyNanos(), config.everyNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** The last interval ends with the window, which the timer of the intervals need not meet. */
    private void endInterval() {
        if (phase == BenchPhase.RUNNING && (intervals + 1) * config.everyNanos() < config.measureNanos()) {
            tellInterval();
        }
    }

    private void tellInterval() {
        intervals++;
        onInterval.accept(tally.endInterval(clock.nanoTime()));
    }

    private void drain() {
        if (phase != BenchPhase.RUNNING) {
            return;
        }
        cpuNanos = cpuAtStartNanos < 0 ? -1 : processCpuNanos() - cpuAtStartNanos;
        if (config.everyNanos() > 0) {
            tellInterval();
        }
        clients.forEach(BenchClient::pump);
        phase = BenchPhase.DRAINING;
        loop.schedule(() -> end(""), config.timeoutNanos(), TimeUnit.NANOSECONDS);
        idle();
    }

    /** Ends the run in whatever phase it is; the first end counts. */
    void end(String reason) {
        if (phase == BenchPhase.OVER) {
            return;
        }
        long nowNanos = clock.nanoTime();
        long tookNanos = phase == BenchPhase.DRAINING
                ? config.measureNanos()
                : phase == BenchPhase.RUNNING ? Math.max(0, nowNanos - fromNanos) : 0;
        if (phase == BenchPhase.DRAINING) {
            clients.forEach(client -> client.conversation().abandon(nowNanos));
        }
        phase = BenchPhase.OVER;
        clients.forEach(BenchClient::close);
        result.complete(new BenchReport(
                tookNanos, tally.latencies(), tally.found(), tally.faults(), tally.firstProblem(), cpuNanos, reason));
    }

    private long processCpuNanos() {
        if (config.processId() == 0) {
            return -1;
        }
        try {
            return ProcessCpu.usedNanos(config.processId());
        } catch (IOException e) {
            return -1;
        }
    }
}
