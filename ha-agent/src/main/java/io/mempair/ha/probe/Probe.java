package io.mempair.ha.probe;

import io.mempair.ha.time.Clock;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Starts an attempt every period, whether or not the ones before have ended: a lost packet of one attempt
 * must not hide that the next would have been answered. At most timeout / period attempts are under way.
 */
public final class Probe implements AutoCloseable {

    /** How long one attempt may take, connect and answer together. */
    public static final Duration ATTEMPT_TIMEOUT = Duration.ofMillis(200);

    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("probe", true), NioIoHandler.newFactory());
    private final Clock clock;
    private final String host;
    private final int port;
    private final String key;
    private final Duration period;
    private final Runnable onFirstAnswer;
    private final ProbeTally tally;

    /** @param onFirstAnswer  runs once on the probe's thread */
    public Probe(String host, int port, String key, Duration period, Clock clock, Runnable onFirstAnswer) {
        this.host = host;
        this.port = port;
        this.key = key;
        this.period = period;
        this.clock = clock;
        this.onFirstAnswer = onFirstAnswer;
        this.tally = new ProbeTally(period.toNanos(), clock.nanoTime());
    }

    /** Begins; attempts go on until {@link #close}. */
    public void start() {
        loop.next().scheduleAtFixedRate(this::attempt, 0, period.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** What was seen so far. Any thread but the probe's own. */
    public ProbeSummary summary() {
        return loop.next()
                .submit(() -> tally.summary(clock.nanoTime()))
                .awaitUninterruptibly()
                .getNow();
    }

    private void attempt() {
        long begunNanos = clock.nanoTime();
        var attempt = new ProbeAttempt(key, outcome -> record(outcome, begunNanos));
        ChannelFuture connect = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) ATTEMPT_TIMEOUT.toMillis())
                .handler(attempt)
                .connect(new InetSocketAddress(host, port));
        var timeout = loop.next()
                .schedule(
                        () -> {
                            attempt.end(ProbeOutcome.TIMEOUT);
                            connect.channel().close();
                        },
                        ATTEMPT_TIMEOUT.toMillis(),
                        TimeUnit.MILLISECONDS);
        connect.channel().closeFuture().addListener(closed -> timeout.cancel(false));
        connect.addListener(done -> {
            Throwable cause = done.cause();
            if (cause != null) {
                attempt.end(ProbeAttempt.ofConnectFailure(cause, clock.nanoTime() - begunNanos));
            }
        });
    }

    private void record(ProbeOutcome outcome, long begunNanos) {
        boolean first = outcome == ProbeOutcome.ANSWERED && !tally.answered();
        tally.record(outcome, begunNanos, clock.nanoTime());
        if (first) {
            onFirstAnswer.run();
        }
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
