package io.mempair.proxy.testkit.script;

import io.mempair.proxy.backend.ServerAccess;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PlacementRule;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerSecurity;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.frontend.ClientRegistry;
import io.mempair.proxy.loop.Fence;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.PoolServers;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.recovery.ServerRecovery;
import io.mempair.proxy.refill.Refills;
import io.mempair.proxy.replication.CasIds;
import io.mempair.proxy.replication.DelayedFlush;
import io.mempair.proxy.replication.IdClock;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.PeerKnowledge;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerIdentity;
import io.mempair.proxy.replication.Stripes;
import io.mempair.proxy.replication.WriteOrder;
import io.mempair.proxy.testkit.Thrown;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One event loop of a proxy, as {@code ProxyServer} puts it together, in front of {@link VirtualServer}s. All of it runs on the
 * thread of the test, and time passes only when the test says so.
 */
public final class VirtualProxy implements AutoCloseable {

    /** Bytes of a value that is not refused. */
    public static final int LONGEST_VALUE = 10_000;

    /** What passes at once, so that timers are not all late by as much. */
    private static final Duration TICK = Duration.ofMillis(200);

    /** Unix time at the beginning. */
    private static final long BEGIN_SECONDS = 1_700_000_000L;

    private static final ServerTimeouts TIMEOUTS = ServerTimeouts.DEFAULT;
    private static final ClientLimits LIMITS = new ClientLimits(4_096, 1_024, LONGEST_VALUE, 64 << 20, 128 << 20);
    private static final int MOST_RECOVERY_SECONDS = 60;
    private static final int MOST_TICKS = 1_000;

    /**
     * What kind of proxy.
     *
     * @param primaries  versions of the servers of the first tier
     * @param backups    and of the second; none for one copy
     */
    public record VirtualSetup(List<String> primaries, List<String> backups, CopyPolicy copies, ClientPolicy policy) {

        /** Two servers of that version, one in each tier. */
        public static VirtualSetup pair(String version) {
            return new VirtualSetup(List.of(version), List.of(version), CopyPolicy.DEFAULT, ClientPolicy.OPEN);
        }

        public VirtualSetup with(CopyPolicy other) {
            return new VirtualSetup(primaries, backups, other, policy);
        }

        public VirtualSetup with(ClientPolicy other) {
            return new VirtualSetup(primaries, backups, copies, other);
        }
    }

    private final VirtualLoop loop = new VirtualLoop();

    /** Counts what is in use, so needs no detector. */
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);

    private final List<VirtualServer> servers = new ArrayList<>();
    private final List<ServerState> states = new ArrayList<>();
    private final List<VirtualClient> clients = new ArrayList<>();
    private final PeerKnowledge peers = new PeerKnowledge();
    private final Fence fence = new Fence();
    private final PoolConfig config;
    private final LoopContext context;
    private final ServingPlan plan;
    private final ClientRegistry registry;
    private boolean recovering;

    /** Not connected yet, so that a test can say what is known of the servers before. */
    public VirtualProxy(VirtualSetup setup) {
        List<ServerAddress> primaries = addresses(setup.primaries(), 1);
        List<ServerAddress> backups = addresses(setup.backups(), 101);
        config = new PoolConfig(
                primaries,
                backups,
                new PlacementRule(Distribution.MODULO),
                TIMEOUTS,
                ServerSecurity.NONE,
                setup.copies());
        fence.open();
        context = new LoopContext(loop.eventLoop(), loop.ticker(), fence, new IdClock(1, BEGIN_SECONDS * 1_000, 0));
        for (VirtualServer server : servers) {
            ReplicaState replica = new ReplicaState(
                    server.address().toString(), peers, setup.copies().journalBytes());
            ServerState state = new ServerState(server.address(), 1, new ServerAccess(null, null), replica, null);
            state.twin(!backups.isEmpty());
            states.add(state);
        }
        Bootstrap toServers = new Bootstrap()
                .group(loop.eventLoop())
                .channelFactory(() -> new ScriptedChannel(this::serverAt))
                .option(ChannelOption.ALLOCATOR, allocator);
        new PoolServers(config, states).tellTwins();
        Pool pool = new Pool(config, states, context, toServers, new SplittableRandom(1));
        List<WriteOrder> order = new ArrayList<>();
        Stripes stripes = new Stripes((owner, stripe) -> order.get(0).granted(stripe));
        order.add(new WriteOrder(stripes, 0, Thrown::on));
        int seconds = (int) setup.copies().refillLifetime().toSeconds();
        plan = new ServingPlan(
                pool,
                LIMITS,
                setup.policy(),
                order.get(0),
                new Refills(context, order.get(0), seconds),
                new DelayedFlush(peers, BEGIN_SECONDS * 1_000, 0),
                new CasIds());
        registry = new ClientRegistry(context, plan, new QuietFacts(), new AtomicInteger());
    }

    private List<ServerAddress> addresses(List<String> versions, int firstPort) {
        List<ServerAddress> addresses = new ArrayList<>();
        for (String version : versions) {
            int port = firstPort + addresses.size();
            ServerAddress address = new ServerAddress("127.0.0.1", port);
            servers.add(new VirtualServer(address, new MemcachedModel(version, port, BEGIN_SECONDS), loop));
            addresses.add(address);
        }
        return addresses;
    }

    private VirtualServer serverAt(SocketAddress address) {
        int port = ((InetSocketAddress) address).getPort();
        return servers.stream()
                .filter(server -> server.address().port() == port)
                .findFirst()
                .orElse(null);
    }

    /** Connects to all servers. */
    public VirtualProxy start() {
        plan.pool().start();
        loop.settle();
        return this;
    }

    /** The servers, those of the first tier first. */
    public List<VirtualServer> servers() {
        return servers;
    }

    public VirtualServer primary() {
        return servers.get(0);
    }

    /** The first of the second tier. */
    public VirtualServer backup() {
        return servers.get(config.primaries().size());
    }

    public ReplicaState replica(VirtualServer server) {
        return state(server).replica();
    }

    /** The server as all loops see it. */
    public ServerState state(VirtualServer server) {
        return states.get(servers.indexOf(server));
    }

    /** The loop's connection to it. */
    public ServerConnection connection(VirtualServer server) {
        return plan.pool().connectionTo(state(server));
    }

    public LoopContext context() {
        return context;
    }

    public ServingPlan plan() {
        return plan;
    }

    public Fence fence() {
        return fence;
    }

    public PeerKnowledge peers() {
        return peers;
    }

    public VirtualLoop loop() {
        return loop;
    }

    /** The server was seen as another process before, so it comes back empty. To be said before {@link #start}. */
    public void restartedBefore(VirtualServer server) {
        replica(server).connected(new ServerIdentity(77, 77));
    }

    /** The server has missed a write of that key; if it was the last copy of others, it has been given up before. */
    public void missed(VirtualServer server, String key) {
        if (!replica(server).missed(key(key))) {
            replica(server).giveUp();
            replica(server).missed(key(key));
        }
    }

    public static Key key(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.ISO_8859_1);
        return Key.of(bytes, 0, bytes.length);
    }

    /** A client that is connected. */
    public VirtualClient client() {
        VirtualClient client = new VirtualClient(loop, allocator);
        clients.add(client);
        registry.accept(client.channel(), null);
        client.channel().pipeline().fireChannelActive();
        loop.settle();
        return client;
    }

    /** Time passes until the proxy has given up what it asked that server. */
    public void untilGivenUp(VirtualServer server) {
        for (int ticks = 0; server.isAsked(); ticks++) {
            require(ticks < MOST_TICKS, "never given up: " + server.asked());
            pass(TICK);
        }
    }

    /** Time passes, also by the clocks of the servers. */
    public void pass(Duration time) {
        loop.advance(time, TICK);
        long seconds =
                BEGIN_SECONDS + Duration.ofNanos(loop.ticker().nanoTime()).toSeconds();
        servers.forEach(server -> server.model().clock(seconds));
    }

    /** Servers that were out are taken back from now on. */
    public void recover() {
        if (!recovering) {
            recovering = true;
            new ServerRecovery(
                            List.of(new ServerRecovery.LoopView(context, plan)), () -> new PoolServers(config, states))
                    .start();
        }
    }

    /** Whether a request has begun to wait for the last copy of its key. */
    boolean waitsForLastCopy() {
        return context.counters().value(ProxyMeter.LAST_COPY_WAITS) > 0;
    }

    /** All servers are there and answer, and are taken back; time passes until none is out. */
    public void heal() {
        servers.forEach(server -> {
            server.reachable(true);
            server.automatic(line -> true);
        });
        loop.settle();
        peers.knownTo(Long.MAX_VALUE);
        loop.settle();
        recover();
        for (int seconds = 0; seconds < MOST_RECOVERY_SECONDS; seconds++) {
            if (isWhole()) {
                return;
            }
            pass(Duration.ofSeconds(1));
        }
        throw new AssertionError("a server does not come back in a minute: "
                + states.stream().map(state -> state.replica().phase()).toList());
    }

    private boolean isWhole() {
        return states.stream().allMatch(state -> state.up() && state.replica().status() != ReplicaStatus.OUT);
    }

    /** What a proxy at rest must not have: a turn of a write, a request in flight. */
    public void requireRest() {
        require(
                plan.order().describe().equals("held 0, stripes owned of all -1"),
                "a turn is held: " + plan.order().describe());
        for (ServerConnection connection : plan.pool().all()) {
            require(
                    connection.inFlight() == 0,
                    "in flight to " + connection.state().address());
        }
    }

    private static void require(boolean so, String otherwise) {
        if (!so) {
            throw new AssertionError(otherwise);
        }
    }

    /** Ends all, and fails if a buffer is still held then. */
    @Override
    public void close() {
        clients.forEach(VirtualClient::close);
        plan.pool().close();
        loop.settle();
        servers.forEach(server -> server.reachable(false));
        loop.close();
        long heldBytes =
                allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
        require(heldBytes == 0, heldBytes + " bytes of buffers were not released");
    }
}
