package io.mempair.proxy.server;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.frontend.ClientRegistry;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.loop.ServingLease;
import io.mempair.proxy.metrics.ProxyMeters;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.server.ProxyHealth.ServerStatus;
import io.mempair.proxy.server.ProxyHealth.Tier;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The data plane put together: loops, each with its connections to the servers and its clients. */
public final class ProxyServer implements Proxy {

    private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);

    /** Milliseconds between two signs of life of a loop. */
    private static final long BEAT_MILLIS = 100;

    /** Bytes unsent to a server from which clients are no longer read. */
    private static final WriteBufferWaterMark SERVER_WATER_MARK = new WriteBufferWaterMark(1 << 20, 4 << 20);

    private final ProxyConfig config;
    private final Transport transport;
    private final EventLoopGroup group;
    private final OffLoopResolver resolver = new OffLoopResolver();
    private final ServingLease lease = new ServingLease();
    private final AtomicInteger clients = new AtomicInteger();
    private final List<ServerState> servers;
    private final List<OneLoop> loops = new ArrayList<>();
    private final ProxyStats stats;
    private final Listeners listeners;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** One event loop with what belongs to it. */
    private record OneLoop(LoopContext context, Pool pool, ClientRegistry clients) {}

    /**
     * Makes the loops; nothing runs before {@link #start}.
     *
     * @throws IllegalStateException if the transport asked for does not work on this host
     */
    public ProxyServer(ProxyConfig config) {
        this.config = config;
        this.transport = Transport.of(config.transport());
        this.group = new MultiThreadIoEventLoopGroup(
                config.loops(), new DefaultThreadFactory("mempair-loop", true), transport.handler());
        PoolConfig pool = config.pool();
        this.servers = Stream.concat(pool.primaries().stream(), pool.backups().stream())
                .map(address -> new ServerState(address, config.loops()))
                .toList();
        List<LoopContext> contexts = new ArrayList<>();
        for (int i = 0; i < config.loops(); i++) {
            contexts.add(new LoopContext(group.next(), Ticker.systemTicker(), lease));
        }
        this.stats = new ProxyStats(servers, contexts, clients, config.limits().maxClients());
        contexts.forEach(context -> loops.add(oneLoop(context)));
        this.listeners = new Listeners(group, transport, config.listeners().tcp(), this::registryOf);
    }

    private OneLoop oneLoop(LoopContext context) {
        Bootstrap toServers = new Bootstrap()
                .group(context.eventLoop())
                .channel(transport.client())
                .resolver(resolver)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        config.pool().timeouts().connect().toMillis())
                .option(ChannelOption.RECVBUF_ALLOCATOR, ReceiveBuffers.forServers())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, SERVER_WATER_MARK);
        SplittableRandom spread =
                new SplittableRandom(31L * ProcessHandle.current().pid() + loops.size());
        Pool pool = new Pool(config.pool(), servers, context, toServers, spread);
        return new OneLoop(context, pool, new ClientRegistry(context, pool, config.limits(), stats, clients));
    }

    private ClientRegistry registryOf(Channel channel) {
        EventLoop eventLoop = channel.eventLoop();
        for (OneLoop loop : loops) {
            if (loop.context().eventLoop() == eventLoop) {
                return loop.clients();
            }
        }
        throw new AssertionError("a channel on a loop that is not ours");
    }

    @Override
    public CompletionStage<Void> start() {
        LOG.info(
                "proxy starts transport={} loops={} servers={} backups={}",
                transport.name(),
                config.loops(),
                config.pool().primaries(),
                config.pool().backups());
        return all(loop -> {
            loop.context().eventLoop().scheduleAtFixedRate(loop.context()::beat, 0, BEAT_MILLIS, TimeUnit.MILLISECONDS);
            return CompletableFuture.supplyAsync(
                            loop.pool()::start, loop.context().eventLoop())
                    .thenCompose(connecting -> connecting);
        });
    }

    @Override
    public CompletionStage<Void> open() {
        return all(loop -> loop.clients().undrain()).thenCompose(ready -> listeners.open());
    }

    @Override
    public CompletionStage<Void> drain(Duration grace) {
        return listeners
                .close()
                .thenCompose(closed -> all(loop -> loop.clients().drain(grace.toNanos())));
    }

    @Override
    public CompletionStage<Void> dropClients() {
        return all(loop -> loop.clients().dropAll("standby"));
    }

    private CompletionStage<Void> all(Function<OneLoop, CompletionStage<Void>> action) {
        return CompletableFuture.allOf(loops.stream()
                .map(loop -> action.apply(loop).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    @Override
    public void lease(long untilNanos) {
        lease.until(untilNanos);
    }

    @Override
    public ProxyHealth health() {
        long stallNanos = loops.stream()
                .map(OneLoop::context)
                .mapToLong(loop -> loop.clockNanos() - loop.lastTurnNanos())
                .max()
                .orElse(0);
        List<ServerStatus> states = new ArrayList<>();
        for (int i = 0; i < servers.size(); i++) {
            ServerState server = servers.get(i);
            states.add(new ServerStatus(server.address(), tierOf(i), server.up()));
        }
        return new ProxyHealth(transport.name(), listeners.isOpen(), clients.get(), stallNanos, states);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        stats.meters().bindTo(registry);
        ProxyMeters.gauge(
                registry, "mempair.proxy.clients", "Connections of clients", clients, AtomicInteger::doubleValue);
        for (int i = 0; i < servers.size(); i++) {
            ProxyMeters.gauge(
                    registry,
                    "mempair.proxy.server.up",
                    "1 if every loop is connected to the server",
                    servers.get(i),
                    state -> state.up() ? 1 : 0,
                    "server",
                    servers.get(i).address().toString(),
                    "tier",
                    tierOf(i) == Tier.PRIMARY ? "primary" : "backup");
        }
    }

    /** Tier of the server with this index: primaries come first. */
    private Tier tierOf(int server) {
        return server < config.pool().primaries().size() ? Tier.PRIMARY : Tier.BACKUP;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        listeners.close();
        for (OneLoop loop : loops) {
            loop.clients().dropAll("proxy closes");
            loop.context().eventLoop().execute(loop.pool()::close);
        }
        resolver.close();
        Future<?> ended = group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        // a loop cannot wait for its own end, and a stage of ours may be followed up on a loop
        if (loops.stream().noneMatch(loop -> loop.context().eventLoop().inEventLoop())) {
            ended.awaitUninterruptibly(2, TimeUnit.SECONDS);
        }
    }
}
