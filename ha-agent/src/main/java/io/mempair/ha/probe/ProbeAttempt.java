package io.mempair.ha.probe;

import io.mempair.ha.connect.ConnectAttempt;
import io.mempair.proxy.config.FailureText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One connection, one {@code get}, one outcome. Runs on the probe's loop. */
final class ProbeAttempt extends SimpleChannelInboundHandler<ByteBuf> {

    /** An answer with a longer value is cut here: that it came is enough. */
    private static final int MAX_ANSWER_BYTES = 65_536;

    /** Characters; longer than any error line of memcached. */
    private static final int MAX_WORDS = 200;

    private final String key;
    private final OutcomeListener listener;
    private final StringBuilder answer = new StringBuilder();
    private boolean ended;

    /** Takes the outcome of an attempt. */
    interface OutcomeListener {
        /**
         * Called once, on the probe's loop.
         *
         * @param words  what was said instead of an answer, or why there is none; null where the outcome says it all
         */
        void ended(ProbeOutcome outcome, @Nullable String words);
    }

    ProbeAttempt(String key, OutcomeListener listener) {
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
            end(ProbeOutcome.ERROR, answer.substring(0, answer.indexOf("\r\n")));
            context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end(ProbeOutcome.RESET);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Throwable failure = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        boolean reset = failure instanceof IOException && !(failure instanceof SSLException);
        end(reset ? ProbeOutcome.RESET : ProbeOutcome.ERROR, FailureText.of(failure));
        context.close();
    }

    /** Tells the outcome, once: the first end counts. */
    void end(ProbeOutcome outcome) {
        end(outcome, null);
    }

    /** @param words  may be whatever came over the network */
    void end(ProbeOutcome outcome, @Nullable String words) {
        if (!ended) {
            ended = true;
            listener.ended(outcome, words == null ? null : printable(words));
        }
    }

    private static String printable(String words) {
        return words.substring(0, Math.min(words.length(), MAX_WORDS)).replaceAll("[^ -~]", "?");
    }

    /** @param tookNanos  from the beginning of the attempt until it failed */
    static ProbeOutcome ofConnectFailure(Throwable cause, long tookNanos) {
        if (cause instanceof ConnectTimeoutException) {
            return ProbeOutcome.TIMEOUT;
        }
        return ConnectAttempt.isRefusal(cause, tookNanos) ? ProbeOutcome.REFUSED : ProbeOutcome.ERROR;
    }
}
