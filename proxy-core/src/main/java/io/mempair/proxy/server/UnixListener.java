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
    private @Nullable SocketPath place;

    UnixListener(ServerBootstrap bootstrap, Transport transport, UnixSocketConfig config) {
        super(bootstrap);
        this.transport = transport;
        this.config = config;
    }

    @Override
    synchronized SocketAddress prepare() throws IOException {
        SocketPath prepared = SocketPath.prepare(config);
        place = prepared;
        return transport.unixAddress(prepared.bindPath());
    }

    @Override
    synchronized void bound() throws IOException {
        if (place != null) {
            place.publish();
        }
    }

    @Override
    synchronized void closed() throws IOException {
        SocketPath left = place;
        place = null;
        if (left != null) {
            left.remove();
        }
    }

    @Override
    public String toString() {
        return "unix:" + config.path();
    }
}
