package io.mempair.proxy.server;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.backend.SocketEnds;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.frontend.ClientRegistry;
import io.mempair.proxy.handover.ClientHandover;
import io.mempair.proxy.inspect.RequestInspection;
import io.mempair.proxy.loop.Fence;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.loop.MemoryBudget;
import io.mempair.proxy.loop.OpenFiles;
import io.mempair.proxy.metrics.ProxyMeters;
import io.mempair.proxy.replication.DelayedFlush;
import io.mempair.proxy.replication.IdClock;
import io.mempair.proxy.replication.LayoutInForce;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.replication.Stripes;
import io.mempair.proxy.replication.WriteOrder;
import io.mempair.proxy.tls.HandshakeThreads;
import io.mempair.proxy.transfer.RebalanceProgress;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.RecvByteBufAllocator;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The data plane put together: loops, each with its connections to the servers and its clients. */
public final class ProxyServer implements Proxy {

    private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);

    private static final long CLOSE_LIMIT_MILLIS = 2_000;

    private final ByteBufAllocator allocator;
    private final OffLoopResolver resolver;
    private final Fence fence = new Fence();
    private final AtomicInteger clients = new AtomicInteger();
    private final EventLoops eventLoops;
    private final ClientMemory clientMemory;
    private final Loops loops = new Loops();
    private final LoopInspection inspection = new LoopInspection(loops.all());
    private final ServerGauges gauges = new ServerGauges();
    private final DelayedFlush delayedFlush;
    private final KnownServers known;
    private final ProxyStats stats;
    private final HandshakeThreads handshakes;
    private final Listeners listeners;
    private final Serving serving;
    private final ConnectionMover mover;
    private final SetupChange change;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final SetupInUse setup;

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

    /** As {@link #ProxyServer(ProxyConfig, IntConsumer, int)}; the names of the event loops' threads begin with {@code threads}. */
    public ProxyServer(ProxyConfig config, IntConsumer onVerbosity, int number, String threads) {
        this(config, onVerbosity, number, threads, Parts.USUAL);
    }

    /** As {@link #ProxyServer(ProxyConfig, IntConsumer, int, String)}, with parts that a test replaces. */
    ProxyServer(ProxyConfig config, IntConsumer onVerbosity, int number, String threads, Parts parts) {
        this.allocator = parts.allocator();
        this.resolver = new OffLoopResolver(parts.names());
        this.setup = new SetupInUse(Setup.of(config));
        long wallMillis = Clock.systemUTC().millis();
        long nowNanos = EventLoops.clockNanos();
        IdClock ids = new IdClock(number, wallMillis, nowNanos);
        this.eventLoops = new EventLoops(config, threads, parts.memory(), fence, ids, loops::relieve);
        List<LoopContext> contexts = eventLoops.contexts();
        MemoryBudget memory = eventLoops.memory();
        Transport transport = eventLoops.transport();
        this.delayedFlush = new DelayedFlush(setup.get().peers(), wallMillis, nowNanos);
        LayoutInForce layout = new LayoutInForce(setup.get().peers());
        this.known = new KnownServers(setup::get, fence, delayedFlush, layout, contexts.get(0)::clockNanos);
        this.stats = new ProxyStats(setup::get, contexts, clients, onVerbosity);
        this.clientMemory = new ClientMemory(memory, contexts, stats.meters());
        Stripes stripes = parts.stripes().apply(loops::granted);
        LoopFactory factory =
                new LoopFactory(setup.get(), transport, allocator, resolver, memory, delayedFlush, stats, clients);
        for (int i = 0; i < contexts.size(); i++) {
            LoopContext context = contexts.get(i);
            WriteOrder order = new WriteOrder(stripes, i, defect -> brokenTurn(context, defect));
            loops.add(factory.loop(context, order));
        }
        this.handshakes = new HandshakeThreads(threads + "-tls");
        RecvByteBufAllocator buffers = ReceiveBuffers.forClients(
                ReceiveBuffers.mostOfClients(memory::isShort, clients::get, transport.readsAhead()));
        this.listeners =
                new Listeners(eventLoops.group(), transport, config.listeners(), buffers, handshakes, this::registryOf);
        this.serving = new Serving(fence, loops, listeners, known);
        this.mover = new ConnectionMover(transport, loops, serving, allocator, buffers);
        this.change = new SetupChange(loops.all(), setup, resolver, listeners, gauges, fence, layout);
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
        return setup.get().servers();
    }

    /** The event loops; use the parts of a loop only on that loop. */
    List<OneLoop> loops() {
        return loops.all();
    }

    /** The registry of a newly accepted channel, from which nothing was read yet. */
    private ClientRegistry registryOf(Channel channel) {
        channel.config().setAllocator(allocator);
        return loops.clientsOf(channel.eventLoop());
    }

    @Override
    public CompletionStage<Void> start() {
        ProxyConfig config = setup.get().config();
        LOG.info(
                "proxy starting transport={} loops={} servers={} backups={} event=proxy_starting",
                eventLoops.transport().name(),
                config.loops(),
                config.pool().primaries(),
                config.pool().backups());
        FileNeeds.warning(config, OpenFiles.limit()).ifPresent(LOG::warn);
        Upkeep.start(loops, () -> setup.get().pool(), listeners, setup.get().markers());
        return loops.start();
    }

    @Override
    public CompletionStage<Void> open() {
        return open(false);
    }

    @Override
    public CompletionStage<Void> openAhead() {
        return open(true);
    }

    private CompletionStage<Void> open(boolean ahead) {
        long withdrawn = serving.withdrawals();
        return change.moves()
                .settle()
                .thenCompose(leads -> serving.open(ahead, withdrawn))
                .thenRun(change.moves()::resume);
    }

    @Override
    public CompletionStage<Void> drain(Duration grace) {
        return serving.drain(grace);
    }

    @Override
    public ClientHandover handover() {
        return mover;
    }

    @Override
    public CompletionStage<Void> dropClients() {
        return serving.dropClients();
    }

    @Override
    public void lease(long untilNanos) {
        serving.lease(untilNanos);
    }

    @Override
    public CompletionStage<List<String>> reload(ProxyConfig next) {
        return closed.get()
                ? CompletableFuture.failedFuture(new IllegalStateException("the proxy closes"))
                : change.to(next);
    }

    @Override
    public Optional<PoolConfig> leadingPool() {
        return Optional.of(setup.get().config().pool());
    }

    @Override
    public List<PoolConfig> agreedPools() {
        return change.moves().agreedPools();
    }

    @Override
    public Optional<RebalanceProgress> rebalance() {
        return change.moves().rebalances().progress();
    }

    @Override
    public CompletionStage<String> abortRebalance() {
        return change.moves().rebalances().abort();
    }

    @Override
    public CompletionStage<String> finishRebalance() {
        return change.moves().rebalances().finish();
    }

    @Override
    public ServerKnowledge knowledge() {
        return known.knowledge();
    }

    @Override
    public void learn(ServerKnowledge ofActive) {
        known.learn(ofActive);
        change.moves().layoutLearned();
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
    public void acknowledgedByPeers(long version) {
        known.acknowledgedByPeers(version);
    }

    @Override
    public long[] loopSilenceNanos() {
        return loops.silenceNanos();
    }

    @Override
    public List<SocketEnds> serverSockets() {
        return setup.get().servers().stream()
                .flatMap(server -> server.sockets().stream())
                .toList();
    }

    @Override
    public ProxyHealth health() {
        long[] silenceNanos = loopSilenceNanos();
        return new ProxyHealth(
                eventLoops.transport().name(),
                listeners.isOpen(),
                clients.get(),
                Arrays.stream(silenceNanos).max().orElse(0),
                setup.get().statuses(),
                Ailments.of(eventLoops.ends().cause(), silenceNanos),
                clientMemory.look(),
                rebalance().orElse(null));
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
        return setup.get().latencies();
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
        gauges.bindTo(registry, setup.get());
        RebalanceGauges.bindTo(registry, this::rebalance);
    }

    @Override
    public CompletionStage<Void> ended() {
        return eventLoops.ends().ended();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        eventLoops.ends().closing();
        change.moves().close();
        // a loop cannot wait for its own work, and the caller may run on one
        boolean mayWait = !loops.isCalledOnOne();
        CompletionStage<Void> unbound = listeners.close();
        if (mayWait) {
            awaitUnbound(unbound);
        }
        loops.close();
        resolver.close();
        handshakes.close();
        eventLoops.close(CLOSE_LIMIT_MILLIS, mayWait);
    }

    /** A client accepted on one loop may belong to another, which must not have ended by then. */
    private static void awaitUnbound(CompletionStage<Void> unbound) {
        try {
            unbound.toCompletableFuture().get(CLOSE_LIMIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the listeners are not closed: {}", String.valueOf(e.getMessage()));
        }
    }
}
