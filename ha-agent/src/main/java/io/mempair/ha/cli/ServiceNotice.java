package io.mempair.ha.cli;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd that the node is up, when systemd asked for it by {@code NOTIFY_SOCKET} (sd_notify(3)): one
 * datagram to a unix socket, which the JDK alone cannot send.
 */
final class ReadyNotice {

    private static final Logger LOG = LoggerFactory.getLogger(ReadyNotice.class);

    private ReadyNotice() {}

    static void send() {
        String socket = System.getenv("NOTIFY_SOCKET");
        if (socket == null || socket.isEmpty()) {
            return;
        }
        if (!Epoll.isAvailable()) {
            LOG.warn("systemd not told READY: {}", String.valueOf(Epoll.unavailabilityCause()));
            return;
        }
        // a leading @ stands for the NUL of the abstract namespace
        String address = socket.startsWith("@") ? '\0' + socket.substring(1) : socket;
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("notify", true), EpollIoHandler.newFactory());
        new Bootstrap()
                .group(loop)
                .channel(EpollDomainDatagramChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(new DomainSocketAddress(address))
                .addListener((ChannelFuture connected) -> tell(connected, loop));
    }

    private static void tell(ChannelFuture connected, EventLoopGroup loop) {
        var ready = Unpooled.copiedBuffer("READY=1\n", StandardCharsets.UTF_8);
        connected.channel().writeAndFlush(ready).addListener(sent -> {
            if (!sent.isSuccess()) {
                Throwable cause = connected.isSuccess() ? sent.cause() : connected.cause();
                LOG.warn("systemd not told READY: {}", String.valueOf(cause));
            }
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        });
    }
}
