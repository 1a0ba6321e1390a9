package io.mempair.ha.admin;

import io.mempair.proxy.config.FailureText;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control socket: opened once, and again whenever it is gone from its folder, as when a service that shares the folder
 * stops. {@link #look} belongs to the loop; any thread may open and close.
 */
final class ControlSocket {

    private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);

    private final ServerBootstrap bootstrap;
    private final Path path;
    private @Nullable ControlPath place;
    private @Nullable Channel channel;
    private boolean reopening;
    private boolean closed;

    /** The last thing said of it; null while all is well. */
    private @Nullable String said;

    ControlSocket(ServerBootstrap bootstrap, Path path) {
        this.bootstrap = bootstrap;
        this.path = path;
    }

    /** Opens it and waits until it is open. Not on the loop. */
    synchronized void open() throws IOException {
        ControlPath made = ControlPath.prepare(path);
        place = made;
        ChannelFuture bound = bootstrap.bind(addressOf(made)).awaitUninterruptibly();
        Throwable cause = bound.cause();
        if (cause != null) {
            throw new IOException(cause.getMessage(), cause);
        }
        channel = bound.channel();
        made.publish();
    }

    private static SocketAddress addressOf(ControlPath place) {
        return UnixDomainSocketAddress.of(place.bindPath());
    }

    /** To be called again and again; never fails. */
    synchronized void look() {
        ControlPath earlier = place;
        if (closed || reopening || earlier == null || earlier.isInPlace()) {
            return;
        }
        if (said == null) {
            say("gone from its folder, so that no command reaches this process: opening it again");
        }
        try {
            ControlPath made = ControlPath.prepare(path);
            reopening = true;
            ChannelFuture bind = bootstrap.bind(addressOf(made));
            bind.addListener(done -> reopened(made, bind));
        } catch (IOException e) {
            say("cannot be reopened: " + FailureText.of(e) + "; retrying");
        }
    }

    private synchronized void reopened(ControlPath made, ChannelFuture bind) {
        reopening = false;
        try {
            if (closed || !bind.isSuccess()) {
                throw new IOException(String.valueOf(bind.cause()), bind.cause());
            }
            made.publish();
            place = made;
            Channel earlier = channel;
            channel = bind.channel();
            if (earlier != null) {
                earlier.close();
            }
            said = null;
            LOG.atInfo().addKeyValue("path", path).log("control socket {} reopened event=control_reopened", path);
        } catch (IOException e) {
            bind.channel().close();
            made.abandon();
            if (!closed) {
                say("cannot be reopened: " + FailureText.of(e) + "; retrying");
            }
        }
    }

    /** The same only once. */
    private void say(String what) {
        if (!what.equals(said)) {
            said = what;
            LOG.atError()
                    .addKeyValue("path", path)
                    .addKeyValue("reason", what)
                    .log("control socket {}: {} event=control_failed", path, what);
        }
    }

    /** Removes the file, unless a later process has put its own in the same place. */
    synchronized void close() {
        closed = true;
        try {
            if (place != null) {
                place.remove();
            }
        } catch (IOException e) {
            LOG.warn("control socket not removed: {}", FailureText.of(e));
        }
    }
}
