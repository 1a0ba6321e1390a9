package io.mempair.proxy.server;

import io.mempair.proxy.config.ListenerConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.TlsListenerConfig;
import io.mempair.proxy.config.UnixSocketConfig;
import io.mempair.proxy.frontend.ClientRegistry;
import io.mempair.proxy.frontend.ClientTls;
import io.mempair.proxy.loop.AcceptPause;
import io.mempair.proxy.tls.TlsContexts;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The listening sockets: accepts on one loop and distributes connections round-robin to all loops, so that a few
 * long-lived clients are spread evenly. (With one listening socket per loop the kernel distributes by hash, unevenly
 * for few clients, and a second process could open the same port unnoticed.)
 */
final class Listeners {

    /** Connections queued by the kernel; memcached's default. */
    private static final int BACKLOG = 1_024;

    /** Unsent bytes of a client at which reading it stops, and below which it resumes. */
    static final WriteBufferWaterMark CLIENT_WATER_MARK = new WriteBufferWaterMark(128 * 1_024, 512 * 1_024);

    private final AcceptPause acceptPause = new AcceptPause();
    private final List<Listener> all = new ArrayList<>();

    /** Creates the TLS of newly accepted connections; null without a TLS listener. */
    private volatile @Nullable SslContext tls;

    private final Executor handshakes;

    private boolean wanted;

    Listeners(
            EventLoopGroup loops,
            Transport transport,
            ListenerConfig config,
            RecvByteBufAllocator buffers,
            Executor handshakes,
            Function<Channel, ClientRegistry> registryOf) {
        this.handshakes = handshakes;
        ServerBootstrap plain = tcp(bootstrap(
                loops,
                transport.server(),
                buffers,
                channel -> registryOf.apply(channel).accept(channel, null)));
        for (ServerAddress address : config.tcp()) {
            all.add(new TcpListener(plain, address));
        }
        UnixSocketConfig unix = config.unix();
        if (unix != null) {
            ServerBootstrap local = bootstrap(
                    loops,
                    transport.unix(),
                    buffers,
                    channel -> registryOf.apply(channel).accept(channel, null));
            all.add(new UnixListener(local, transport, unix));
        }
        TlsListenerConfig secure = config.tls();
        if (secure != null) {
            show(TlsContexts.forClients(secure));
            ServerBootstrap secured = tcp(bootstrap(
                    loops,
                    transport.server(),
                    buffers,
                    channel -> registryOf.apply(channel).accept(channel, secured())));
            for (ServerAddress address : secure.addresses()) {
                all.add(new TcpListener(secured, address));
            }
        }
    }

    private ServerBootstrap bootstrap(
            EventLoopGroup loops,
            Class<? extends ServerChannel> kind,
            RecvByteBufAllocator buffers,
            Consumer<Channel> accept) {
        return new ServerBootstrap()
                .group(loops)
                .channel(kind)
                .handler(acceptPause)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, buffers)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, CLIENT_WATER_MARK)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept.accept(channel);
                    }
                });
    }

    private ClientTls.@Nullable TlsTerms secured() {
        SslContext now = tls;
        return now == null ? null : new ClientTls.TlsTerms(now, handshakes);
    }

    /** With what only TCP has. */
    private static ServerBootstrap tcp(ServerBootstrap bootstrap) {
        return bootstrap
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true);
    }

    /** Uses this context from the next connection on. */
    void show(SslContext next) {
        tls = next;
    }

    /** Called periodically: reopens sockets that clients can no longer reach. Any thread. */
    void look() {
        all.forEach(Listener::look);
    }

    /**
     * Opens all; if one fails, none stays open. Does nothing when open.
     *
     * @param ahead  whether this host may not have their addresses yet
     */
    synchronized CompletionStage<Void> open(boolean ahead) {
        if (wanted) {
            return CompletableFuture.completedFuture(null);
        }
        wanted = true;
        return each(listener -> listener.open(ahead)).whenComplete((done, failure) -> {
            if (failure != null) {
                close();
            }
        });
    }

    /** Closes all; clients already accepted stay. */
    synchronized CompletionStage<Void> close() {
        wanted = false;
        return each(Listener::close);
    }

    private CompletableFuture<Void> each(Function<Listener, CompletableFuture<Void>> action) {
        return CompletableFuture.allOf(all.stream().map(action).toArray(CompletableFuture[]::new));
    }

    /** Whether every listener accepts connections. */
    synchronized boolean isOpen() {
        return wanted && all.stream().allMatch(Listener::isOpen);
    }
}
