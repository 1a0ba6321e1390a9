package io.mempair.proxy.loop;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands first in the pipelines of listeners: when one cannot accept, at the limit of open files say, it rests for a
 * moment and tries again, and who is connected is served on. What clients wait in is the kernel's queue. Said once a
 * minute, for all listeners that share it. Any loop.
 */
@ChannelHandler.Sharable
public final class AcceptPause extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptPause.class);

    /** Short for a client that waits, long for a loop that would find the same again. */
    private static final long PAUSE_MILLIS = 500;

    private static final long SAY_PAUSE_NANOS = 60_000_000_000L;

    private final Ticker ticker = Ticker.systemTicker();

    /** Guarded by this. */
    private long saidNanos = ticker.nanoTime() - SAY_PAUSE_NANOS;

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("listener {}: a fault of ours", context.channel().localAddress(), cause);
        } else if (mayBeSaid()) {
            LOG.error(
                    "listener {} cannot accept: {}; trying again every {} ms, who is connected is served on."
                            + " Open files: {} (remedy: more of them, LimitNOFILE= of systemd or ulimit -n, or a smaller max-clients)",
                    context.channel().localAddress(),
                    cause.getMessage(),
                    PAUSE_MILLIS,
                    OpenFiles.now());
        }
        Channel listener = context.channel();
        if (listener.config().isAutoRead()) {
            listener.config().setAutoRead(false);
            listener.eventLoop()
                    .schedule(() -> listener.config().setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private synchronized boolean mayBeSaid() {
        long nowNanos = ticker.nanoTime();
        if (nowNanos - saidNanos < SAY_PAUSE_NANOS) {
            return false;
        }
        saidNanos = nowNanos;
        return true;
    }
}
