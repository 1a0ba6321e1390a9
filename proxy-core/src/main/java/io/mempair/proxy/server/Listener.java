package io.mempair.proxy.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One place clients connect to, which can be opened and closed any number of times. Any thread. */
abstract class Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    private final ServerBootstrap bootstrap;
    private @Nullable Channel channel;

    /** @param bootstrap  makes the listening channel, and the channels it accepts */
    Listener(ServerBootstrap bootstrap) {
        this.bootstrap = bootstrap;
    }

    /** Where to bind. */
    abstract SocketAddress prepare() throws IOException;

    /** What remains to be done once the socket is bound. */
    abstract void bound() throws IOException;

    /** What remains to be done once it is closed, or could not be opened. */
    abstract void closed() throws IOException;

    /** As messages name the place. */
    @Override
    public abstract String toString();

    /** Binds; fails with {@link BindException} that names the place and the reason. */
    final synchronized CompletableFuture<Void> open() {
        ChannelFuture bind;
        try {
            bind = bootstrap.bind(prepare());
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
        BindException named = new BindException("cannot listen on " + this + ": " + cause.getMessage());
        named.initCause(cause);
        return named;
    }

    /** Accepts no more. Does nothing when closed; never fails. */
    final synchronized CompletableFuture<Void> close() {
        Channel open = channel;
        channel = null;
        if (open == null) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> result = new CompletableFuture<>();
        open.close().addListener(done -> {
            try {
                closed();
            } catch (IOException left) {
                LOG.warn("{} is left behind reason=\"{}\"", this, left.toString());
            }
            result.complete(null);
        });
        return result;
    }

    final synchronized boolean isOpen() {
        return channel != null && channel.isActive();
    }
}
