package io.mempair.ha.admin;

import io.mempair.ha.agent.Node;
import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.check.OwnAddress;
import io.mempair.ha.time.SystemClock;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.loop.AcceptPause;
import io.mempair.proxy.tls.TlsContexts;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP face and the control socket of one node, on one NIO loop of their own: neither a scrape nor a
 * hundred idle watchers touch the loops that serve clients. Everything is bounded: connections, the length
 * of a request, the time it may take.
 */
public final class AdminServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

    /** Connections of one listener at once; watchers are few. */
    private static final int MAX_CONNECTIONS = 64;

    /** Seconds a connection may be silent, or an answer unread. */
    private static final int IDLE_SECONDS = 5;

    /** Between two looks whether the control socket is in its place, or an address has come. */
    private static final long LOOK_MILLIS = 500;

    private static final int MAX_REQUEST_LINE_BYTES = 512;
    private static final int MAX_HEADER_BYTES = 8_192;
    private static final int MAX_BODY_BYTES = 1_024;

    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("admin", true), NioIoHandler.newFactory());
    private final AcceptPause acceptPause = new AcceptPause();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Node node;
    private final MetricsPage metrics;
    private final Page page;
    private volatile AdminAccess access;
    private volatile @Nullable Channel http;

    /** Why HTTP is not open yet; null if it is. */
    private volatile @Nullable String httpWaits;

    private @Nullable ControlSocket control;

    private AdminServer(Node node, AdminAccess access) {
        this.node = node;
        this.access = access;
        this.metrics = new MetricsPage(node);
        this.page = new Page(node, new SystemClock());
        loop.scheduleAtFixedRate(this::sample, Page.SAMPLE_MILLIS, Page.SAMPLE_MILLIS, TimeUnit.MILLISECONDS);
        loop.terminationFuture()
                .addListener(done ->
                        ended.completeExceptionally(new IllegalStateException("the loop of the admin face ended")));
    }

    /** The end of both faces: completes when they are closed, fails when nobody answers any more although nobody closed them. */
    public CompletionStage<Void> ended() {
        return ended.minimalCompletionStage();
    }

    /**
     * Opens both faces. Where this host does not have the address of {@code http} yet, as early in its boot, that face is
     * opened when it has.
     *
     * @param http     where to answer HTTP; port 0 takes a free one
     * @param control  the unix socket, or null for none
     * @throws IOException naming the address that could not be opened; then nothing is open
     */
    public static AdminServer start(Node node, InetSocketAddress http, @Nullable Path control) throws IOException {
        return start(node, http, control, AdminAccess.OPEN);
    }

    /**
     * As {@link #start(Node, InetSocketAddress, Path)}.
     *
     * @param access  to {@code http}
     */
    public static AdminServer start(Node node, InetSocketAddress http, @Nullable Path control, AdminAccess access)
            throws IOException {
        var server = new AdminServer(node, access);
        try {
            server.openHttp(http);
            if (control != null) {
                server.openControl(control);
            }
            return server;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    /** Changes the access to HTTP, of connections made from now on. Any thread. */
    public void admit(AdminAccess next) {
        access = next;
    }

    /** Where HTTP answers. */
    public InetSocketAddress httpAddress() {
        Channel open = http;
        if (open == null) {
            throw new IllegalStateException("HTTP is not open");
        }
        return (InetSocketAddress) open.localAddress();
    }

    private void openHttp(InetSocketAddress address) throws IOException {
        ServerBootstrap bootstrap =
                bootstrap(NioServerSocketChannel.class, this::httpPipeline).option(ChannelOption.SO_REUSEADDR, true);
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        Throwable cause = bound.cause();
        if (cause == null) {
            http = bound.channel();
        } else if (OwnAddress.isNotHereYet(address)) {
            String waiting = "admin.http: HTTP on " + shown(address)
                    + ": not an address of this host yet, retrying; `ip addr` lists its addresses";
            LOG.atError().addKeyValue("reason", waiting).log("{} event=http_waits", waiting);
            httpWaits = waiting;
            openLater(bootstrap, address);
        } else {
            throw new IOException(
                    "admin.http: HTTP on " + shown(address) + ": " + cause.getMessage() + remedy(cause), cause);
        }
    }

    /** A failure must not be the end of all samples. */
    private void sample() {
        try {
            page.sample();
        } catch (RuntimeException e) {
            LOG.error("internal error: no sample for the page", e);
        }
    }

    private void openLater(ServerBootstrap bootstrap, InetSocketAddress address) {
        loop.schedule(
                () -> bootstrap.bind(address).addListener((ChannelFuture bound) -> {
                    if (bound.isSuccess()) {
                        http = bound.channel();
                        httpWaits = null;
                        LOG.atInfo()
                                .addKeyValue("address", shown(address))
                                .log("HTTP listens on {} event=http_open", shown(address));
                    } else if (!loop.isShuttingDown()) {
                        openLater(bootstrap, address);
                    }
                }),
                LOOK_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void openControl(Path path) throws IOException {
        ControlSocket socket =
                new ControlSocket(bootstrap(NioServerDomainSocketChannel.class, this::controlPipeline), path);
        control = socket;
        try {
            socket.open();
        } catch (IOException e) {
            throw new IOException("admin.control: socket " + path + ": " + e.getMessage(), e);
        }
        loop.scheduleWithFixedDelay(socket::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private ServerBootstrap bootstrap(Class<? extends ServerChannel> type, Consumer<ChannelPipeline> pipeline) {
        var limit = new ConnectionLimit(MAX_CONNECTIONS);
        return new ServerBootstrap()
                .group(loop)
                .channel(type)
                .handler(acceptPause)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        limit,
                                        new ReadTimeoutHandler(IDLE_SECONDS),
                                        new WriteTimeoutHandler(IDLE_SECONDS));
                        pipeline.accept(channel.pipeline());
                    }
                });
    }

    private static String shown(InetSocketAddress address) {
        return new ServerAddress(address.getHostString(), Math.max(1, address.getPort())).toString();
    }

    /** Java says by the type alone, and not by the words, that it was the address that did not do. */
    private static String remedy(Throwable cause) {
        return cause instanceof BindException
                ? " (expected: an address of this host and a port no other process has; `ss -ltnp` shows who has it)"
                : "";
    }

    private void httpPipeline(ChannelPipeline pipeline) {
        var limits = new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES);
        AdminAccess now = access;
        SslContext tls = now.tls();
        if (tls != null) {
            SslHandler handler = tls.newHandler(pipeline.channel().alloc());
            handler.setHandshakeTimeoutMillis(TlsContexts.HANDSHAKE_MILLIS);
            pipeline.addLast(handler);
        }
        pipeline.addLast(
                new HttpServerCodec(limits),
                new HttpServerKeepAliveHandler(),
                new HttpObjectAggregator(MAX_BODY_BYTES, true),
                new HttpContentCompressor(),
                new HttpHandler(node, metrics, page, now));
    }

    private void controlPipeline(ChannelPipeline pipeline) {
        pipeline.addLast(
                new LineBasedFrameDecoder(ControlHandler.MAX_LINE_BYTES),
                new StringDecoder(StandardCharsets.UTF_8),
                new StringEncoder(StandardCharsets.UTF_8),
                new ControlHandler(node, this::status, metrics));
    }

    private NodeStatus status() {
        String waiting = httpWaits;
        return waiting == null ? node.status() : node.status().warnedOf(waiting);
    }

    /** Closes both faces and removes the socket file; waits at most two seconds. */
    @Override
    public void close() {
        ended.complete(null);
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
        metrics.close();
        if (control != null) {
            control.close();
        }
    }
}
