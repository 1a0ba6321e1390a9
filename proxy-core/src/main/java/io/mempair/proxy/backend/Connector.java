package io.mempair.proxy.backend;

import io.mempair.proxy.config.ServerAddress;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;

/** Makes channels to one server, with the TLS handshake where there is one. Confined to its loop. */
final class Connector {

    private final Bootstrap bootstrap;
    private final ServerAddress address;

    /**
     * @param bootstrap  makes channels on the loop, with their handler
     * @param address    of the server; its name is resolved anew for each channel
     * @param timeout    for one TCP connect
     */
    Connector(Bootstrap bootstrap, ServerAddress address, Duration timeout) {
        this.bootstrap = bootstrap;
        this.address = address;
        change(timeout);
    }

    /** Allows the next connects this long. */
    void change(Duration timeout) {
        bootstrap.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis());
    }

    /** Tries once; exactly one of the two is told, on the loop. */
    void connect(Consumer<Channel> connected, Consumer<String> failed) {
        bootstrap
                .remoteAddress(InetSocketAddress.createUnresolved(address.host(), address.port()))
                .connect()
                .addListener((ChannelFuture connecting) -> {
                    if (connecting.isSuccess()) {
                        secure(connecting.channel(), connected, failed);
                    } else {
                        failed.accept(why(connecting.cause()));
                    }
                });
    }

    /** TLS comes first: what a server says before its name is verified is not listened to. */
    private static void secure(Channel channel, Consumer<Channel> connected, Consumer<String> failed) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            connected.accept(channel);
            return;
        }
        tls.handshakeFuture().addListener(done -> {
            if (done.isSuccess()) {
                connected.accept(channel);
            } else {
                channel.close();
                failed.accept("TLS: " + why(done.cause()));
            }
        });
    }

    /** What an exception says, or its kind if it says nothing. */
    static String why(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
