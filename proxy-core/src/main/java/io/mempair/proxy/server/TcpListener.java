package io.mempair.proxy.server;

import io.mempair.proxy.config.ServerAddress;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** A TCP port. */
final class TcpListener extends Listener {

    /** Lets a socket be bound to an address that this host does not have; takes no right (ip(7)). IPv6 sockets have it too. */
    private static final IntegerUnixChannelOption FREEBIND = new IntegerUnixChannelOption("IP_FREEBIND", 0, 15);

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
    ServerBootstrap ahead(ServerBootstrap usual) {
        return usual.clone().option(FREEBIND, 1);
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
