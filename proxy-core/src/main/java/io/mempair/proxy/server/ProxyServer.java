package io.mempair.proxy.server;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.command.DueFlush;
import io.mempair.proxy.config.MemoryPlan;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.TlsListenerConfig;
import io.mempair.proxy.frontend.ClientRegistry;
import io.mempair.proxy.inspect.RequestInspection;
import io.mempair.proxy.loop.Fence;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.loop.MemoryBudget;
import io.mempair.proxy.loop.OpenFiles;
import io.mempair.proxy.metrics.ProxyMeters;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.recovery.ServerRecovery;
import io.mempair.proxy.refill.Refills;
import io.mempair.proxy.replication.DelayedFlush;
import io.mempair.proxy.replication.IdClock;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.replication.Stripes;
import io.mempair.proxy.replication.WriteOrder;
import io.mempair.proxy.tls.HandshakeThreads;
import io.mempair.proxy.tls.TlsContexts;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The data plane put together: loops, each with its connections to the servers and its clients. */
public final class ProxyServer implements Proxy {

    private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);

    /** Milliseconds between two heartbeats of a loop. */
    private static final long BEAT_MILLIS = 100;

    /** Milliseconds between two checks of the listeners. */
    private static final long LOOK_MILLIS = 500;

    /** Unsent bytes of a server connection at which reading clients stops. */
    private static final WriteBufferWaterMark SERVER_WATER_MARK = new WriteBufferWaterMark(1 << 20, 4 << 20);

    /** Longest wait of a reload for new servers; they continue connecting afterwards. */
    private static final Duration PREPARE_LIMIT = Duration.ofSeconds(5);

    /** Multiple of the request timeout: an ordered write asks one server, then the other, and copies the item. */
    private static final int TIMEOUTS_OF_A_WRITE = 4;

    /** Allowance for late timers. */
    private static final Duration LATE_TIMERS = Duration.ofSeconds(1);

    /**
     * Milliseconds without a task before a loop terminates: by then the kernel has returned its read buffers, which
     * io_uring needs.
     */
    private static final long CLOSING_MILLIS = 50;

    private static final long CLOSE_LIMIT_MILLIS = 2_000;

    private final Transport transport;
    private final ByteBufAllocator allocator;
    private final EventLoopGroup group;
    private final OffLoopResolver resolver;
    private final Fence fence = new Fence();
    private final AtomicInteger clients = new AtomicInteger();
    private final MemoryBudget memory;
    private final ClientMemory clientMemory;
    private final List<OneLoop> loops = new ArrayList<>();
    private final LoopInspection inspection = new LoopInspection(loops);
    private final ServerGauges gauges = new ServerGauges();
    private final DelayedFlush delayedFlush;
    private final KnownServers known;
    private final ProxyStats stats;
    private final HandshakeThreads handshakes;
    private final Listeners listeners;
    private final LoopEnds ends = new LoopEnds();
    private final AtomicBoolean reloading = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Setup setup;

    /**
     * Makes the loops; nothing runs before {@link #start}.
     *
     * @throws IllegalStateException if the transport asked for does not work on this host
     */
    public ProxyServer(ProxyConfig config) {
        this(config, level -> {}, anyNumber());
    }

    /**
     * As {@link #ProxyServer(ProxyConfig)}.
     *
     * @param onVerbosity  takes the level of a client's {@code verbosity}: 0 for what is normal, more for more; called on
     *     any event loop, and must not wait
     * @param number       in the cas ids made here, of {@link IdClock#NODE_BITS} bits: unlike those of other proxies in front
     *     of the same servers
     */
    public ProxyServer(ProxyConfig config, IntConsumer onVerbosity, int number) {
        this(config, onVerbosity, number, "mempair-loop");
    }

    /** As {@link #ProxyServer(ProxyConfig, IntConsumer, int)}, with event loops whose threads' names begin so. */
    public ProxyServer(ProxyConfig config, IntConsumer onVerbosity, int number, String threads) {
        this(config, onVerbosity, number, threads, Parts.USUAL);
    }

    /** As {@link #ProxyServer(ProxyConfig, IntConsumer, int, String)}, of these parts. */
    ProxyServer(ProxyConfig config, IntConsumer onVerbosity, int number, String threads, Parts parts) {
        this.allocator = parts.allocator();
        this.resolver = new OffLoopResolver(parts.names());
        this.setup = Setup.of(config);
        this.transport = Transport.of(config.transport(), config.listeners().unix() != null);
        this.group = new MultiThreadIoEventLoopGroup(
                config.loops(),
                new DefaultThreadFactory(threads, true),
                transport.handlers(new DefaultThreadFactory(threads + "-alarm", true), ends::broken));
        Ticker ticker = Ticker.systemTicker();
        // the clock of LoopContext.nowNanos
        long wallMillis = Clock.systemUTC().millis();
        long nowNanos = ticker.initialNanoTime() + ticker.nanoTime();
        IdClock ids = new IdClock(number, wallMillis, nowNanos);
        this.delayedFlush = new DelayedFlush(setup.peers(), wallMillis, nowNanos);
        List<LoopContext> contexts = new ArrayList<>();
        MemoryPlan plan = parts.memory();
        this.memory = new MemoryBudget(
                plan.clientBytes(config.loops()),
                config.loops(),
                AllocatedMemory::bytes,
                plan.maxAllocatedBytes(),
                plan.heapBytesOfLoop(config.loops()),
                this::relieve);
        for (int i = 0; i < config.loops(); i++) {
            contexts.add(new LoopContext(group.next(), ticker, fence, ids, ends::broken, memory, i));
        }
        this.known = new KnownServers(() -> setup, fence, delayedFlush, contexts.get(0)::clockNanos);
        this.stats = new ProxyStats(() -> setup, contexts, clients, onVerbosity);
        this.clientMemory = new ClientMemory(memory, contexts, stats.meters());
        Stripes stripes = parts.stripes()
                .apply((loop, stripe) -> loops.get(loop)
                        .context()
                        .eventLoop()
                        .execute(() -> loops.get(loop).plan().order().granted(stripe)));
        for (int i = 0; i < contexts.size(); i++) {
            LoopContext context = contexts.get(i);
            WriteOrder order = new WriteOrder(stripes, i, defect -> brokenTurn(context, defect));
            loops.add(oneLoop(context, setup, order));
        }
        ends.watch(contexts.stream().map(LoopContext::eventLoop).toList());
        this.handshakes = new HandshakeThreads(threads + "-tls");
        this.listeners = new Listeners(
                group,
                transport,
                config.listeners(),
                ReceiveBuffers.forClients(
                        ReceiveBuffers.mostOfClients(memory::isShort, clients::get, transport.readsAhead())),
                handshakes,
                this::registryOf);
    }

    /** Any thread. */
    private void relieve(int loop) {
        LoopContext context = loops.get(loop).context();
        if (!context.eventLoop().isShuttingDown()) {
            context.eventLoop().execute(() -> context.memory().relieve());
        }
    }

    private static void brokenTurn(LoopContext loop, Throwable defect) {
        loop.threw(defect);
        LOG.error("internal error: a queued request was aborted", defect);
    }

    /** A random node number, most likely unique. */
    public static int anyNumber() {
        long seed = 31L * ProcessHandle.current().pid() + Clock.systemUTC().millis();
        return new SplittableRandom(seed).nextInt(1 << IdClock.NODE_BITS);
    }

    /** The servers as all loops see them, primaries first. */
    List<ServerState> servers() {
        return setup.servers();
    }

    /** The event loops; use the parts of a loop only on that loop. */
    List<OneLoop> loops() {
        return List.copyOf(loops);
    }

    private OneLoop oneLoop(LoopContext context, Setup first, WriteOrder order) {
        Bootstrap toServers = new Bootstrap()
                .group(context.eventLoop())
                .channel(transport.client())
                .resolver(resolver)
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                // unsent bytes must not reach a server after this process dies, behind writes of the peer
                .option(ChannelOption.SO_LINGER, 0)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        ReceiveBuffers.forServers(ReceiveBuffers.mostOfServers(memory::isShort)))
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, SERVER_WATER_MARK);
        SplittableRandom spread =
                new SplittableRandom(31L * ProcessHandle.current().pid() + loops.size());
        Pool pool = new Pool(first.config().pool(), first.servers(), context, toServers, spread);
        Refills refills = new Refills(
                context, order, (int) pool.copyPolicy().refillLifetime().toSeconds());
        ServingPlan plan =
                new ServingPlan(pool, first.config().limits(), first.config().policy(), order, refills, delayedFlush);
        ClientRegistry registry = new ClientRegistry(context, plan, stats, clients);
        context.onLeaseOver(() -> {
            registry.dropAll("no lease");
            context.eventLoop().execute(context::cutOff);
        });
        return new OneLoop(context, plan, registry);
    }

    /** The registry of a newly accepted channel, from which nothing was read yet. */
    private ClientRegistry registryOf(Channel channel) {
        channel.config().setAllocator(allocator);
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
        ProxyConfig config = setup.config();
        LOG.info(
                "proxy starting transport={} loops={} servers={} backups={} event=proxy_starting",
                transport.name(),
                config.loops(),
                config.pool().primaries(),
                config.pool().backups());
        FileNeeds.warning(config, OpenFiles.limit()).ifPresent(LOG::warn);
        List<ServerRecovery.LoopView> places = loops.stream()
                .map(loop -> new ServerRecovery.LoopView(loop.context(), loop.plan()))
                .toList();
        new ServerRecovery(places, () -> setup.pool()).start();
        loops.get(0)
                .context()
                .eventLoop()
                .scheduleWithFixedDelay(listeners::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        new DueFlush(loops.get(0).context(), loops.get(0).plan(), () -> setup.pool()).start();
        return all(loop -> {
            // with a delay: after a pause of the process the missed ones must not follow at once, they would count as
            // time
            loop.context()
                    .eventLoop()
                    .scheduleWithFixedDelay(loop.context()::beat, 0, BEAT_MILLIS, TimeUnit.MILLISECONDS);
            return loop.supply(() -> loop.plan().pool().start()).thenCompose(connecting -> connecting);
        });
    }

    @Override
    public CompletionStage<Void> open() {
        known.begin();
        fence.open();
        return all(loop -> loop.clients().undrain()).thenCompose(ready -> listeners.open());
    }

    @Override
    public CompletionStage<Void> drain(Duration grace) {
        long reign = fence.drain();
        return listeners
                .close()
                .thenCompose(closed -> all(loop -> loop.clients().drain(grace.toNanos())))
                .thenCompose(drained -> stepDown(reign));
    }

    /** What a loop gives up fails its requests, and they tell the replicas, before those are told that others write. */
    private CompletionStage<Void> stepDown(long reign) {
        if (!fence.close(reign)) {
            return CompletableFuture.completedFuture(null); // another drain has finished it, or this node serves again
        }
        return all(loop -> loop.run(loop.context()::cutOff))
                .exceptionally(ended -> null)
                .thenRun(known::end);
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
        fence.lease(untilNanos);
        loops.forEach(loop -> loop.context().leaseChanged());
    }

    @Override
    public CompletionStage<List<String>> reload(ProxyConfig next) {
        List<String> fixed = setup.needsRestart(next);
        if (!fixed.isEmpty()) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException("needs a restart: " + String.join(", ", fixed)));
        }
        if (closed.get() || !reloading.compareAndSet(false, true)) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException(closed.get() ? "the proxy closes" : "another reload is under way"));
        }
        return MovedNames.among(setup.servers(), resolver::addressesOf)
                .thenCompose(moved -> follow(next, moved).thenApply(done -> moved.remarks()))
                .whenComplete((done, failure) -> reloading.set(false));
    }

    /** Fails, and nothing has changed, as {@link #reload}. */
    private CompletableFuture<Void> follow(ProxyConfig next, MovedNames moved) {
        Setup earlier = setup;
        Setup following;
        SslContext certificate;
        try {
            following = earlier.next(next, moved);
            certificate = nextCertificate(next);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        return prepare(following)
                .thenCompose(pools -> following
                        .unreachable(earlier, moved)
                        .map(why -> CompletableFuture.<Void>failedFuture(new IllegalArgumentException(why)))
                        .orElseGet(() -> earlier.keepsPlaces(following)
                                ? change(following, pools)
                                : changeAtStandstill(following, pools))
                        .whenComplete((done, failure) -> {
                            if (failure != null) {
                                abandon(earlier, pools);
                            } else if (certificate != null) {
                                listeners.show(certificate);
                            }
                        }));
    }

    /** Made before anything is changed, as the JDK may refuse it, and shown when all else is done; null if it stays. */
    private @Nullable SslContext nextCertificate(ProxyConfig next) {
        TlsListenerConfig tls = next.listeners().tls();
        boolean changes = !next.listeners().equals(setup.config().listeners());
        return tls != null && changes ? TlsContexts.forClients(tls) : null;
    }

    private CompletableFuture<Void> changeAtStandstill(Setup following, List<Pool> pools) {
        Duration request = setup.config().pool().timeouts().request();
        return QuiescedReload.during(
                loops, request.multipliedBy(TIMEOUTS_OF_A_WRITE).plus(LATE_TIMERS), () -> change(following, pools));
    }

    /** A change that does not come about leaves all as it was. */
    private void abandon(Setup earlier, List<Pool> pools) {
        earlier.tellServers();
        for (int i = 0; i < pools.size(); i++) {
            loops.get(i).run(pools.get(i)::abandon);
        }
    }

    /** A pool for each loop, with new servers connected to or tried. */
    private CompletableFuture<List<Pool>> prepare(Setup following) {
        List<CompletableFuture<Pool>> ready = new ArrayList<>();
        for (OneLoop loop : loops) {
            ready.add(
                    loop.supply(() -> loop.plan().pool().next(following.config().pool(), following.servers()))
                            .thenCompose(pool -> loop.supply(pool::start)
                                    .thenCompose(connecting -> connecting)
                                    .completeOnTimeout(null, PREPARE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                                    .thenApply(connected -> pool)));
        }
        return CompletableFuture.allOf(ready.toArray(CompletableFuture[]::new))
                .thenApply(done -> ready.stream().map(CompletableFuture::join).toList());
    }

    private CompletableFuture<Void> change(Setup following, List<Pool> pools) {
        List<CompletableFuture<Void>> changed = new ArrayList<>();
        for (int i = 0; i < pools.size(); i++) {
            OneLoop loop = loops.get(i);
            Pool pool = pools.get(i);
            changed.add(loop.run(() -> {
                loop.plan()
                        .change(
                                pool,
                                following.config().limits(),
                                following.config().policy());
                loop.clients().planChanged();
            }));
        }
        setup = following;
        following.tellServers();
        gauges.show(following);
        return CompletableFuture.allOf(changed.toArray(CompletableFuture[]::new));
    }

    @Override
    public ServerKnowledge knowledge() {
        return known.knowledge();
    }

    @Override
    public void learn(ServerKnowledge ofActive) {
        known.learn(ofActive);
    }

    @Override
    public void onKnowledge(Runnable listener) {
        known.onChange(listener);
    }

    @Override
    public void knownToPeers(long version) {
        known.knownToPeers(version);
    }

    @Override
    public long[] loopSilenceNanos() {
        return loops.stream()
                .map(OneLoop::context)
                .mapToLong(loop -> loop.clockNanos() - loop.lastTurnNanos())
                .toArray();
    }

    @Override
    public ProxyHealth health() {
        long[] silenceNanos = loopSilenceNanos();
        return new ProxyHealth(
                transport.name(),
                listeners.isOpen(),
                clients.get(),
                Arrays.stream(silenceNanos).max().orElse(0),
                setup.statuses(),
                Ailments.of(ends.cause(), silenceNanos),
                clientMemory.look());
    }

    @Override
    public void countReload(boolean applied) {
        stats.reloaded(applied);
    }

    @Override
    public long requests() {
        return stats.requests();
    }

    @Override
    public List<ServerLatency> latencies() {
        return setup.latencies();
    }

    @Override
    public ProxyTotals totals() {
        return stats.totals();
    }

    @Override
    public RequestInspection inspection() {
        return inspection;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        stats.meters().bindTo(registry);
        ProxyMeters.gauge(
                registry, "mempair.proxy.clients", "Connections of clients", clients, AtomicInteger::doubleValue);
        clientMemory.bindTo(registry);
        ProxyMeters.gauge(
                registry,
                "mempair.proxy.clients.tls.waiting",
                "TLS handshakes of clients that wait for a thread to compute keys",
                handshakes,
                HandshakeThreads::waiting);
        gauges.bindTo(registry, setup);
    }

    @Override
    public CompletionStage<Void> ended() {
        return ends.ended();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        ends.closing();
        listeners.close();
        for (OneLoop loop : loops) {
            loop.clients().dropAll("proxy closes");
            loop.run(() -> loop.plan().pool().close());
        }
        resolver.close();
        handshakes.close();
        Future<?> ended = group.shutdownGracefully(CLOSING_MILLIS, CLOSE_LIMIT_MILLIS, TimeUnit.MILLISECONDS);
        // a loop cannot wait for its own end, and a stage of ours may be followed up on a loop
        if (loops.stream().noneMatch(loop -> loop.context().eventLoop().inEventLoop())) {
            ended.awaitUninterruptibly(CLOSE_LIMIT_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
