package io.mempair.proxy.backend;

import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.loop.Cumulation;
import io.mempair.proxy.loop.Defects;
import io.mempair.proxy.protocol.Stat;
import io.mempair.proxy.protocol.text.ReplyHandler;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplyDecoder;
import io.mempair.proxy.tls.TlsContexts;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds a decoder to each new channel of a {@link ServerConnection}. */
@ChannelHandler.Sharable
final class ServerChannelHandler extends ChannelInitializer<Channel> {

    private static final Logger LOG = LoggerFactory.getLogger(ServerChannelHandler.class);

    private final ServerConnection connection;
    private final @Nullable SslContext tls;

    /** @param tls  creates the TLS of each channel, or null for plain TCP */
    ServerChannelHandler(ServerConnection connection, @Nullable SslContext tls) {
        this.connection = connection;
        this.tls = tls;
    }

    @Override
    protected void initChannel(Channel channel) {
        if (tls != null) {
            ServerAddress server = connection.state().address();
            SslHandler handler = tls.newHandler(channel.alloc(), server.host(), server.port());
            handler.setHandshakeTimeout(TlsContexts.HANDSHAKE_MILLIS, TimeUnit.MILLISECONDS);
            handler.setCumulator(Cumulation.CUMULATOR);
            // one record per buffer: see OutputBatch.inRecords
            handler.setWrapDataSize(0);
            channel.pipeline().addLast(handler);
        }
        channel.pipeline().addLast(new ReplyBytes(connection, channel));
    }

    /** Decodes the bytes of one channel into replies of its connection. */
    private static final class ReplyBytes extends ChannelInboundHandlerAdapter implements ReplyHandler {

        private final ServerConnection connection;
        private final ReplyMatcher replies;
        private final Channel channel;
        private final TextReplyDecoder decoder = new TextReplyDecoder();

        /** The start of an incomplete line; owned. */
        private @Nullable ByteBuf leftover;

        ReplyBytes(ServerConnection connection, Channel channel) {
            this.connection = connection;
            this.replies = connection.replies();
            this.channel = channel;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf in = (ByteBuf) message;
            if (!connection.uses(channel)) {
                in.release();
                return;
            }
            connection.heard(in.readableBytes());
            ByteBuf earlier = leftover;
            if (earlier != null) {
                leftover = null;
                in = Cumulation.join(ctx.alloc(), earlier, in);
            }
            String violation = null;
            boolean kept = false;
            try {
                violation = decoder.decode(in, this);
                if (in.isReadable() && violation == null) {
                    leftover = Cumulation.keep(ctx.alloc(), in);
                    kept = true;
                }
            } finally {
                if (!kept) {
                    in.release();
                }
            }
            if (violation != null) {
                connection.lose(ServerFailure.BAD_ANSWER, violation);
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            if (connection.uses(channel)) {
                connection.updateBackpressure();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (leftover != null) {
                leftover.release();
                leftover = null;
            }
            if (connection.uses(channel)) {
                connection.lose(ServerFailure.CONNECTION_LOST, "closed by the server");
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (Defects.isOne(cause)) {
                connection.threw(cause);
                LOG.error(
                        "internal error: connection to server {} closed",
                        connection.state().address(),
                        cause);
            }
            if (connection.uses(channel)) {
                connection.lose(ServerFailure.CONNECTION_LOST, FailureText.of(cause));
            }
            if (!(cause instanceof ChannelOutputShutdownException)) {
                ctx.close();
            }
        }

        @Override
        public @Nullable ReplyShape expected() {
            return connection.uses(channel) ? replies.expected() : null;
        }

        @Override
        public boolean itemStarts(byte[] line, int keyOffset, int keyLength) {
            return replies.answering().itemStarts(line, keyOffset, keyLength);
        }

        @Override
        public void itemBytes(ByteBuf in, int index, int length, boolean last) {
            replies.answering().itemBytes(in, index, length, last);
        }

        @Override
        public void retrievalEnds() {
            replies.retrievalEnds();
            connection.updateBackpressure();
        }

        @Override
        public boolean stat(Stat stat) {
            return replies.answering().stat(stat);
        }

        @Override
        public void line(ByteBuf in, int index, int length, ReplyLine meaning) {
            boolean readAsCommands = replies.line(in, index, length, meaning);
            connection.updateBackpressure();
            if (readAsCommands) {
                connection.lose(ServerFailure.BAD_ANSWER, "refused a storage command it should have understood");
            }
        }
    }
}
