package io.mempair.ha.bench;

import io.mempair.ha.time.Clock;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Load from one thread, on epoll or else NIO. One object is one run. */
public final class Bench implements AutoCloseable {

    private final EventLoopGroup loop;
    private final BenchRun run;

    /**
     * @param onInterval  is told each interval, on the run's thread: it must not take long
     */
    public Bench(BenchConfig config, Clock clock, Consumer<BenchInterval> onInterval) {
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory handler = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        Class<? extends Channel> channel = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        loop = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("bench", true), handler);
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(channel)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        Math.max(1, TimeUnit.NANOSECONDS.toMillis(config.timeoutNanos())));
        run = new BenchRun(config, bootstrap, loop.next(), clock, onInterval);
    }

    /** Begins. The result comes in any case: every wait of a run has its timeout. */
    public CompletableFuture<BenchReport> start() {
        loop.next().execute(run::connect);
        return run.result();
    }

    /** Ends a run that goes on; its result is what came until now. Any thread. */
    public void stop(String reason) {
        loop.next().execute(() -> run.end(reason));
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
