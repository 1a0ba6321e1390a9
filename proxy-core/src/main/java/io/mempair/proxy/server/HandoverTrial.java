package io.mempair.proxy.server;

import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.TransportChoice;
import io.mempair.proxy.handover.RepairTrial;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import org.jspecify.annotations.Nullable;

/** Whether a proxy on this host could move its clients' connections, tried by this process on a socket that it closes. */
public final class HandoverTrial {

    private HandoverTrial() {}

    /** Why a proxy by that file could not, with a remedy; null if it could. Opens a socket for a moment. */
    public static @Nullable String refusal(ProxyConfig config) {
        Transport transport;
        try {
            transport = Transport.of(config.transport(), config.listeners().unix() != null);
        } catch (IllegalStateException e) {
            return e.getMessage();
        }
        return refusal(transport.choice());
    }

    /** The same by the transport in use. */
    static @Nullable String refusal(TransportChoice transport) {
        return transport == TransportChoice.NIO
                ? "the transport nio moves no connections (remedy: proxy.transport: auto, on a host where epoll works)"
                : RepairTrial.problem(channel(transport));
    }

    /** A channel of a client, not registered. */
    static SocketChannel channel(TransportChoice transport) {
        return transport == TransportChoice.IO_URING ? new IoUringSocketChannel() : new EpollSocketChannel();
    }
}
