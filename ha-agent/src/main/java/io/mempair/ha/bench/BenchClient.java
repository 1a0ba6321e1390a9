package io.mempair.ha.bench;

import io.mempair.ha.time.Clock;
import io.mempair.proxy.config.FailureText;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection and, after it was lost, the next in its place. Runs on the loop of the run. */
final class BenchClient {

    /** What the run must know of it. */
    interface BenchClientListener {
        /** Connected; nothing was sent yet. */
        void connected(BenchClient client);

        /** Nothing is in flight and nothing is to be sent now. */
        void idle();

        /** Not connected, for this reason. */
        void lost(BenchClient client, String reason);
    }

    private final BenchConfig config;
    private final Bootstrap bootstrap;
    private final Conversation conversation;
    private final Clock clock;
    private final BenchClientListener listener;
    private @Nullable Channel channel;
    private boolean wasLate;

    BenchClient(
            BenchConfig config,
            Bootstrap bootstrap,
            Conversation conversation,
            Clock clock,
            BenchClientListener listener) {
        this.config = config;
        this.bootstrap = bootstrap;
        this.conversation = conversation;
        this.clock = clock;
        this.listener = listener;
    }

    Conversation conversation() {
        return conversation;
    }

    void connect() {
        ChannelFuture connect =
                bootstrap.clone().handler(new Replies()).connect(new InetSocketAddress(config.host(), config.port()));
        connect.addListener(done -> {
            if (done.cause() != null) {
                listener.lost(this, "cannot connect to " + config.target() + ": " + FailureText.of(done.cause()));
            }
        });
    }

    /** Connects again a moment later. */
    void reconnect(long afterNanos) {
        bootstrap.config().group().next().schedule(this::connect, afterNanos, TimeUnit.NANOSECONDS);
    }

    /** Sends what may be sent now, in one write. */
    void pump() {
        Channel to = channel;
        if (to == null) {
            return;
        }
        long nowNanos = clock.nanoTime();
        ByteBuf out = null;
        while (conversation.take(nowNanos)) {
            if (out == null) {
                out = to.alloc().ioBuffer();
            }
            conversation.write(out, nowNanos);
        }
        if (out != null) {
            to.writeAndFlush(out, to.voidPromise());
        } else if (conversation.isIdle()) {
            listener.idle();
        }
    }

    /**
     * Gives the connection up if a request waits too long. A request is late only if two checks in a row find it so: after a
     * pause of this process, replies may be waiting unread, and between two checks they are read.
     */
    void checkTimeout(long nowNanos, long timeoutNanos) {
        boolean late = conversation.isLate(nowNanos, timeoutNanos);
        if (late && wasLate) {
            giveUp("no answer from " + config.target() + " within " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos)
                    + " ms");
        }
        wasLate = late;
    }

    /** Whether it is connected and nothing is in flight. */
    boolean isIdle() {
        return channel != null && conversation.isIdle();
    }

    private void giveUp(String reason) {
        Channel lost = channel;
        if (lost != null) {
            channel = null;
            conversation.lost(reason);
            lost.close();
            listener.lost(this, reason);
        }
    }

    /** Closes the connection; nothing is told of it. */
    void close() {
        Channel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    /** The channel's end: a new one for each, and deaf once its channel was given up. */
    private final class Replies extends ChannelInboundHandlerAdapter {

        @Override
        public void channelActive(ChannelHandlerContext context) {
            channel = context.channel();
            listener.connected(BenchClient.this);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf in = (ByteBuf) message;
            try {
                if (context.channel() == channel) {
                    String broken = conversation.read(in, clock.nanoTime());
                    if (!broken.isEmpty()) {
                        giveUp(broken);
                    }
                }
            } finally {
                in.release();
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (context.channel() == channel) {
                pump();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (context.channel() == channel) {
                giveUp(config.target() + " closed the connection");
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (context.channel() == channel) {
                giveUp("connection to " + config.target() + " lost: " + cause.getMessage());
            }
        }
    }
}
