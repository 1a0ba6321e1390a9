package io.mempair.proxy.server;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.frontend.ClientRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The open port: accepts on one loop and deals connections out to all in turn, so that a few long-lived clients
 * are spread evenly. (With one listening socket a loop the kernel spreads them by a hash, unevenly when they are
 * few, and a second process could open the same port unnoticed.)
 */
final class Listeners {

    /** Connections the kernel keeps for us to accept; memcached's own default. */
    private static final int BACKLOG = 1_024;

    /** Bytes unsent to a client from which it is no longer read, and below which it is again. */
    private static final WriteBufferWaterMark CLIENT_WATER_MARK = new WriteBufferWaterMark(128 * 1_024, 512 * 1_024);

    private final ServerBootstrap bootstrap;
    private final List<ServerAddress> addresses;
    private final List<Channel> open = new ArrayList<>();

    Listeners(
            EventLoopGroup loops,
            Transport transport,
            List<ServerAddress> addresses,
            Function<Channel, ClientRegistry> registryOf) {
        this.addresses = addresses;
        this.bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(transport.server())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, ReceiveBuffers.forClients())
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, CLIENT_WATER_MARK)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        registryOf.apply(channel).accept(channel);
                    }
                });
    }

    /** Opens all; if one cannot be opened none stays open. Does nothing when open. */
    synchronized CompletionStage<Void> open() {
        if (!open.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        List<CompletableFuture<Void>> binds = new ArrayList<>();
        for (ServerAddress address : addresses) {
            ChannelFuture bind = bootstrap.bind(new InetSocketAddress(address.host(), address.port()));
            open.add(bind.channel());
            binds.add(outcome(address, bind));
        }
        return CompletableFuture.allOf(binds.toArray(CompletableFuture[]::new)).whenComplete((done, failure) -> {
            if (failure != null) {
                close();
            }
        });
    }

    private static CompletableFuture<Void> outcome(ServerAddress address, ChannelFuture bind) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        bind.addListener(done -> {
            if (done.isSuccess()) {
                result.complete(null);
            } else {
                BindException named = new BindException(
                        "cannot listen on " + address + ": " + done.cause().getMessage());
                named.initCause(done.cause());
                result.completeExceptionally(named);
            }
        });
        return result;
    }

    /** Closes all; clients already accepted stay. */
    synchronized CompletionStage<Void> close() {
        List<CompletableFuture<Void>> closes = new ArrayList<>();
        for (Channel channel : open) {
            CompletableFuture<Void> closed = new CompletableFuture<>();
            channel.close().addListener(done -> closed.complete(null));
            closes.add(closed);
        }
        open.clear();
        return CompletableFuture.allOf(closes.toArray(CompletableFuture[]::new));
    }

    /** Whether every listener accepts connections. */
    synchronized boolean isOpen() {
        return !open.isEmpty() && open.stream().allMatch(Channel::isActive);
    }
}
