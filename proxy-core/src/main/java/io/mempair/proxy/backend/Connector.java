package io.mempair.proxy.backend;

import io.mempair.proxy.config.FailureText;
import io.mempair.proxy.config.Refusal;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.loop.LoopContext;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Connects to one server, at the address all loops use, including the TLS handshake if configured. Confined to its
 * loop.
 */
final class Connector {

    private final Bootstrap bootstrap;
    private final LoopContext loop;
    private final ServerAddress address;
    private final SourceAddress source;
    private final ServerState server;
    private final AddressInUse inUse;
    private @Nullable InetAddress tried;

    /**
     * @param bootstrap  creates channels on the loop, with their handler; its resolver resolves names
     * @param loop       the loop
     * @param server     its name is resolved for each attempt, unless a loop is connected to it
     * @param timeout    for one TCP connect
     */
    Connector(Bootstrap bootstrap, LoopContext loop, ServerState server, Duration timeout) {
        this.bootstrap = bootstrap;
        this.loop = loop;
        this.address = server.address();
        this.source = server.access().source();
        this.server = server;
        this.inUse = server.addressInUse();
        change(timeout);
    }

    /** Changes the timeout of later connects. */
    void change(Duration timeout) {
        bootstrap.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis());
    }

    /** Makes one attempt, over each address of the name if necessary; exactly one of the two is called, on the loop. */
    void connect(Consumer<Channel> connected, Consumer<String> failed) {
        InetAddress pinned = inUse.pinned();
        if (pinned != null) {
            connectTo(pinned, 0, connected, failed);
            return;
        }
        tried = null;
        resolver()
                .getResolver(loop.eventLoop())
                .resolveAll(InetSocketAddress.createUnresolved(address.host(), address.port()))
                .addListener((Future<List<SocketAddress>> resolving) -> {
                    if (resolving.isSuccess()) {
                        List<InetAddress> addresses = addressesIn(resolving.getNow());
                        connectTo(inUse.choose(addresses), addresses.size() - 1, connected, failed);
                    } else {
                        failed.accept(FailureText.of(resolving.cause()));
                    }
                });
    }

    @SuppressWarnings("unchecked") // a bootstrap accepts resolvers of SocketAddress and its subtypes
    private AddressResolverGroup<SocketAddress> resolver() {
        return (AddressResolverGroup<SocketAddress>) bootstrap.config().resolver();
    }

    private static List<InetAddress> addressesIn(List<SocketAddress> resolved) {
        return resolved.stream()
                .map(one -> ((InetSocketAddress) one).getAddress())
                .toList();
    }

    private void connectTo(InetAddress target, int othersToTry, Consumer<Channel> connected, Consumer<String> failed) {
        tried = target;
        connectFrom(source.ownTowards(target), target, othersToTry, connected, failed);
    }

    /** @param own  address to come from, or null for the kernel's choice */
    private void connectFrom(
            @Nullable InetAddress own,
            InetAddress target,
            int othersToTry,
            Consumer<Channel> connected,
            Consumer<String> failed) {
        InetSocketAddress local = own == null ? null : new InetSocketAddress(own, 0);
        InetSocketAddress remote = new InetSocketAddress(target, address.port());
        bootstrap.connect(remote, local).addListener((ChannelFuture connecting) -> {
            if (connecting.isSuccess()) {
                secure(connecting.channel(), channel -> takeIfLasting(channel, connected, failed), failed);
                return;
            }
            if (own != null && !Refusal.is(connecting.cause())) {
                connectFrom(null, target, othersToTry, connected, failed); // no way back to the own address
                return;
            }
            unanswered();
            InetAddress next = inUse.current();
            if (othersToTry > 0 && next != null && !next.equals(target)) {
                connectTo(next, othersToTry - 1, connected, failed);
            } else {
                if (othersToTry == 0 && server.connections() == 0 && Refusal.is(connecting.cause())) {
                    server.replica().giveUp(); // nothing listens there: its process, and all it held, is gone
                }
                failed.accept(FailureText.of(connecting.cause()));
            }
        });
    }

    /** A connection from a virtual address serves an active node only, which closes it before it releases the address. */
    private void takeIfLasting(Channel channel, Consumer<Channel> connected, Consumer<String> failed) {
        InetAddress virtual = source.virtualIn(channel.localAddress());
        if (virtual != null && !loop.isServing()) {
            channel.close();
            failed.accept("only " + virtual.getHostAddress() + " leads there, which is a virtual address");
        } else {
            connected.accept(channel);
        }
    }

    /** Completes TLS first: bytes from a server whose name is not verified are never parsed. */
    private void secure(Channel channel, Consumer<Channel> connected, Consumer<String> failed) {
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
                unanswered();
                failed.accept("TLS: " + FailureText.of(done.cause()));
            }
        });
    }

    /** The last channel was unusable: the next attempt may use another address of the name. */
    void unanswered() {
        if (tried != null) {
            inUse.failed(tried);
        }
    }

    /** The address of the last channel. */
    InetAddress target() {
        if (tried == null) {
            throw new AssertionError("no channel was opened to " + address);
        }
        return tried;
    }
}
