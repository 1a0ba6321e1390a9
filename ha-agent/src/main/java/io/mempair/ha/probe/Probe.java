package io.mempair.ha.probe;

import io.mempair.ha.time.Clock;
import io.mempair.proxy.config.FailureText;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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
    private final ProbeTarget target;
    private final String key;
    private final Duration period;
    private final Runnable onFirstAnswer;
    private final ProbeTally tally;

    /** Without TLS. */
    public Probe(String host, int port, String key, Duration period, Clock clock, Runnable onFirstAnswer) {
        this(new ProbeTarget(host, port, false), key, period, clock, onFirstAnswer);
    }

    /** @param onFirstAnswer  runs once on the probe's thread */
    public Probe(ProbeTarget target, String key, Duration period, Clock clock, Runnable onFirstAnswer) {
        this.target = target;
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
        var attempt = new ProbeAttempt(key, (outcome, words) -> record(outcome, words, begunNanos));
        ChannelFuture connect = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) ATTEMPT_TIMEOUT.toMillis())
                .handler(handler(attempt))
                .connect(new InetSocketAddress(target.host(), target.port()));
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
                attempt.end(ProbeAttempt.ofConnectFailure(cause, clock.nanoTime() - begunNanos), FailureText.of(cause));
            }
        });
    }

    private ChannelHandler handler(ProbeAttempt attempt) {
        SslContext tls = target.context();
        return tls == null
                ? attempt
                : new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(tls.newHandler(channel.alloc(), target.host(), target.port()), attempt);
                    }
                };
    }

    private void record(ProbeOutcome outcome, @Nullable String words, long begunNanos) {
        boolean first = outcome == ProbeOutcome.ANSWERED && !tally.answered();
        tally.record(outcome, words, begunNanos, clock.nanoTime());
        if (first) {
            onFirstAnswer.run();
        }
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
