package io.mempair.proxy.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listening socket for clients, which can be opened and closed repeatedly. Any thread. */
abstract class Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    private static final long SAY_PAUSE_NANOS = 60_000_000_000L;

    private final ServerBootstrap bootstrap;
    private final Ticker ticker = Ticker.systemTicker();
    private @Nullable Channel channel;
    private CompletableFuture<Void> closing = CompletableFuture.completedFuture(null);
    private long changes;
    private boolean reopening;
    private boolean lost;
    private long saidNanos;

    /** @param bootstrap  makes the listening channel, and the channels it accepts */
    Listener(ServerBootstrap bootstrap) {
        this.bootstrap = bootstrap;
    }

    /** The address to bind. */
    abstract SocketAddress prepare() throws IOException;

    /** Completes the opening after the socket is bound. */
    abstract void bound() throws IOException;

    /** Whether clients can still reach the opened socket; costs at most a file system access. */
    boolean isInPlace() {
        return true;
    }

    /** As {@link #prepare}, for a socket that was open before. */
    SocketAddress prepareAgain() throws IOException {
        return prepare();
    }

    /** Cleans up after it is closed, or could not be opened. */
    abstract void closed() throws IOException;

    /** What the operator can do if it cannot be opened; ends that message, may be empty. */
    String remedy() {
        return "";
    }

    /** The name of the socket in messages. */
    @Override
    public abstract String toString();

    /** Makes the channel where this host may not have the address yet. */
    ServerBootstrap ahead(ServerBootstrap usual) {
        return usual;
    }

    /**
     * Binds, as soon as the loop of an earlier socket has closed that: a busy one may not have come round to it, and the port would be
     * in use by this process itself. Fails with a {@link BindException} that names the socket and the reason.
     *
     * @param ahead  whether this host may not have the address yet
     */
    final synchronized CompletableFuture<Void> open(boolean ahead) {
        long own = ++changes;
        return closing.thenCompose(closed -> bind(own, ahead));
    }

    /** @param own  number of the change that wants it; a later one has taken its place if it is not the last */
    private synchronized CompletableFuture<Void> bind(long own, boolean ahead) {
        if (own != changes) {
            return CompletableFuture.failedFuture(named(new IOException("closed meanwhile")));
        }
        ChannelFuture bind;
        try {
            bind = (ahead ? ahead(bootstrap) : bootstrap).bind(prepare());
        } catch (IOException e) {
            return CompletableFuture.failedFuture(named(e));
        }
        channel = bind.channel();
        CompletableFuture<Void> result = new CompletableFuture<>();
        bind.addListener(done -> {
            try {
                if (!done.isSuccess()) {
                    throw new IOException(done.cause().getMessage(), done.cause());
                }
                bound();
                result.complete(null);
            } catch (IOException e) {
                result.completeExceptionally(named(e));
            }
        });
        return result;
    }

    private BindException named(IOException cause) {
        BindException named = new BindException("cannot listen on " + this + ": " + cause.getMessage() + remedy());
        named.initCause(cause);
        return named;
    }

    /**
     * Called periodically: reopens the socket if clients can no longer reach it, with retries. The old one stays open
     * until then, because clients may be connecting. Does nothing when closed; never fails.
     */
    final synchronized void look() {
        Channel earlier = channel;
        if (earlier == null || reopening || isInPlace()) {
            return;
        }
        reopening = true;
        if (!lost) {
            lost = true;
            LOG.atWarn()
                    .addKeyValue("listener", this)
                    .log(
                            "{} was removed from its directory, so no client can connect: reopening it event=listener_gone",
                            this);
            saidNanos = ticker.nanoTime() - SAY_PAUSE_NANOS;
        }
        try {
            ChannelFuture bind = bootstrap.bind(prepareAgain());
            bind.addListener(done -> reopened(earlier, bind));
        } catch (IOException e) {
            notReopened(e);
        }
    }

    private synchronized void reopened(Channel earlier, ChannelFuture bind) {
        try {
            if (!bind.isSuccess()) {
                throw new IOException(bind.cause().getMessage(), bind.cause());
            }
            if (!earlier.equals(channel)) {
                reopening = false;
                bind.channel().close();
                if (channel == null) {
                    closed(); // meanwhile
                }
                return;
            }
            bound();
            channel = bind.channel();
            reopening = false;
            lost = false;
            earlier.close();
            LOG.atInfo().addKeyValue("listener", this).log("{} reopened event=listener_reopened", this);
        } catch (IOException e) {
            bind.channel().close();
            notReopened(e);
        }
    }

    private void notReopened(IOException cause) {
        reopening = false;
        long nowNanos = ticker.nanoTime();
        if (nowNanos - saidNanos >= SAY_PAUSE_NANOS) {
            saidNanos = nowNanos;
            LOG.atError()
                    .addKeyValue("listener", this)
                    .addKeyValue("reason", cause.getMessage())
                    .log("{} cannot be reopened: {}; retrying event=listener_failed", this, cause.getMessage());
        }
    }

    /** Stops accepting. Does nothing when closed; never fails. */
    final synchronized CompletableFuture<Void> close() {
        changes++;
        Channel open = channel;
        channel = null;
        if (open == null) {
            return closing;
        }
        CompletableFuture<Void> result = new CompletableFuture<>();
        open.close().addListener(done -> {
            try {
                closed();
            } catch (IOException left) {
                LOG.warn("{} could not be removed reason=\"{}\"", this, left.toString());
            }
            result.complete(null);
        });
        closing = result;
        return result;
    }

    final synchronized boolean isOpen() {
        return channel != null && channel.isActive();
    }
}
