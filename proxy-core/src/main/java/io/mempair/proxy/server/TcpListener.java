package io.mempair.proxy.server;

import io.mempair.proxy.config.ServerAddress;
import io.netty.bootstrap.ServerBootstrap;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** A TCP port. */
final class TcpListener extends Listener {

    private final ServerAddress address;

    TcpListener(ServerBootstrap bootstrap, ServerAddress address) {
        super(bootstrap);
        this.address = address;
    }

    @Override
    SocketAddress prepare() {
        return new InetSocketAddress(address.host(), address.port());
    }

    @Override
    void bound() {
        // the kernel has done it all
    }

    @Override
    void closed() {
        // the kernel has done it all
    }

    @Override
    String remedy() {
        return " (expected: an address of this host, and a port that no other process has and this user may open; `ss"
                + " -ltnp` shows who has it)";
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
