package io.mempair.ha.probe;

import io.mempair.ha.connect.ConnectAttempt;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** One connection, one {@code get}, one outcome. Runs on the probe's loop. */
final class ProbeAttempt extends SimpleChannelInboundHandler<ByteBuf> {

    /** An answer with a longer value is cut here: that it came is enough. */
    private static final int MAX_ANSWER_BYTES = 65_536;

    private final String key;
    private final Consumer<ProbeOutcome> listener;
    private final StringBuilder answer = new StringBuilder();
    private boolean ended;

    ProbeAttempt(String key, Consumer<ProbeOutcome> listener) {
        this.key = key;
        this.listener = listener;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        context.writeAndFlush(Unpooled.copiedBuffer("get " + key + "\r\n", StandardCharsets.US_ASCII));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
        answer.append(bytes.toString(StandardCharsets.ISO_8859_1));
        boolean hit = answer.indexOf("VALUE ") == 0;
        if (answer.indexOf("END\r\n") == 0
                || (hit && answer.lastIndexOf("\r\nEND\r\n") == answer.length() - 7)
                || (hit && answer.length() > MAX_ANSWER_BYTES)) {
            end(ProbeOutcome.ANSWERED);
            context.close();
        } else if (!hit && answer.indexOf("\r\n") >= 0) {
            end(ProbeOutcome.ERROR);
            context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end(ProbeOutcome.RESET);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        end(cause instanceof IOException ? ProbeOutcome.RESET : ProbeOutcome.ERROR);
        context.close();
    }

    /** Tells the outcome, once: the first end counts. */
    void end(ProbeOutcome outcome) {
        if (!ended) {
            ended = true;
            listener.accept(outcome);
        }
    }

    /** @param tookNanos  from the beginning of the attempt until it failed */
    static ProbeOutcome ofConnectFailure(Throwable cause, long tookNanos) {
        if (cause instanceof ConnectTimeoutException) {
            return ProbeOutcome.TIMEOUT;
        }
        return ConnectAttempt.isRefusal(cause, tookNanos) ? ProbeOutcome.REFUSED : ProbeOutcome.ERROR;
    }
}
