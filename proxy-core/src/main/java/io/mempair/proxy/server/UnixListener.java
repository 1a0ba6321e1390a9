package io.mempair.proxy.server;

import io.mempair.proxy.config.UnixSocketConfig;
import io.netty.bootstrap.ServerBootstrap;
import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A unix socket: in the file system while it is open. */
final class UnixListener extends Listener {

    private final Transport transport;
    private final UnixSocketConfig config;
    /** Where it is bound and not yet to be found. */
    private @Nullable SocketPath making;

    /** Where clients find it. */
    private @Nullable SocketPath place;

    UnixListener(ServerBootstrap bootstrap, Transport transport, UnixSocketConfig config) {
        super(bootstrap);
        this.transport = transport;
        this.config = config;
    }

    @Override
    synchronized SocketAddress prepare() throws IOException {
        SocketPath prepared = SocketPath.prepare(config);
        making = prepared;
        return transport.unixAddress(prepared.bindPath());
    }

    @Override
    synchronized SocketAddress prepareAgain() throws IOException {
        SocketPath.makeFolder(config);
        return prepare();
    }

    @Override
    synchronized boolean isInPlace() {
        SocketPath current = place;
        return current == null || current.isInPlace();
    }

    @Override
    synchronized void bound() throws IOException {
        SocketPath made = making;
        if (made != null) {
            made.publish();
            place = made;
            making = null;
        }
    }

    @Override
    synchronized void closed() throws IOException {
        SocketPath unfinished = making;
        SocketPath left = place;
        making = null;
        place = null;
        if (unfinished != null) {
            unfinished.remove();
        }
        if (left != null) {
            left.remove();
        }
    }

    @Override
    public String toString() {
        return "unix:" + config.path();
    }
}
