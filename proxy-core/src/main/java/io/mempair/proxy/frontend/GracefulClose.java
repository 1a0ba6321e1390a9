package io.mempair.proxy.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Sends a last line to a client that is not served. Closing with unread input sends a reset, which can overtake the
 * line; so only the output is closed, and input is discarded until the client closes or a time limit passes. Confined
 * to the channel's loop.
 */
final class GracefulClose extends ChannelInboundHandlerAdapter {

    /** How long the client may take to read and close. */
    private static final long PATIENCE_MILLIS = 1_000;

    /** Bytes thrown away; a client that sends more does not read. */
    private static final int MAX_BYTES = 64 * 1_024;

    private int thrownAwayBytes;

    private GracefulClose() {}

    /** Sends {@code line} and closes. */
    static void say(Channel channel, byte[] line) {
        channel.pipeline().addLast(new GracefulClose());
        channel.writeAndFlush(Unpooled.wrappedBuffer(line)).addListener(sent -> {
            if (sent.isSuccess() && channel instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            } else {
                channel.close();
            }
        });
        Future<?> end = channel.eventLoop().schedule(() -> channel.close(), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> end.cancel(false));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        thrownAwayBytes += in.readableBytes();
        in.release();
        if (thrownAwayBytes > MAX_BYTES) {
            ctx.close();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
    }

    /** The client has disconnected, as expected. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
