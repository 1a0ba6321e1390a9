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
 * The first handler of each listener. When a listener cannot accept, for example at the limit of open files, it pauses
 * and tries again; connected clients are served meanwhile, and new ones wait in the kernel's queue. Logs once a minute
 * for all listeners that share this handler. Any loop.
 */
@ChannelHandler.Sharable
public final class AcceptPause extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptPause.class);

    /** Short enough for a waiting client, long enough not to spin. */
    private static final long PAUSE_MILLIS = 500;

    private static final long SAY_PAUSE_NANOS = 60_000_000_000L;

    private final Ticker ticker = Ticker.systemTicker();

    /** Guarded by this. */
    private long saidNanos = ticker.nanoTime() - SAY_PAUSE_NANOS;

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("internal error: listener {}", context.channel().localAddress(), cause);
        } else if (mayBeSaid()) {
            LOG.atError()
                    .addKeyValue("listener", context.channel().localAddress())
                    .addKeyValue("reason", cause.getMessage())
                    .addKeyValue("retry_ms", PAUSE_MILLIS)
                    .addKeyValue("open_files", OpenFiles.now())
                    .log(
                            "listener {} cannot accept: {}; retrying every {} ms, connected clients are still served."
                                    + " Open files: {} (remedy: raise the limit by LimitNOFILE= of systemd or ulimit -n, or lower max-clients) event=accept_failed",
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
