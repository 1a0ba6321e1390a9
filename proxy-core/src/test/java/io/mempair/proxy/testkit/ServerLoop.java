package io.mempair.proxy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.backend.Backpressure;
import io.mempair.proxy.backend.ServerAccess;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.health.ReconnectPolicy;
import io.mempair.proxy.loop.Fence;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ServerLatencies;
import io.mempair.proxy.replication.IdClock;
import io.mempair.proxy.replication.PeerKnowledge;
import io.mempair.proxy.replication.ReplicaState;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/** One event loop with connections to servers, for tests of what runs on it. */
public final class ServerLoop implements AutoCloseable {

    /** What a test waits for before it fails. */
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("test-loop", true), NioIoHandler.newFactory());
    private final Fence fence = new Fence();
    private final LoopContext context;
    private final List<ServerConnection> connections = new ArrayList<>();

    public ServerLoop() {
        this(Ticker.systemTicker());
    }

    /** With a clock of the test's for the time of a turn; timers go by the real one. */
    public ServerLoop(Ticker ticker) {
        context = new LoopContext(group.next(), ticker, fence, new IdClock(1, 0, 0));
        fence.open();
    }

    /** What lets its requests out; open. */
    public Fence fence() {
        return fence;
    }

    /** What loops share of a server in a pool with two copies. */
    public static ServerState state(ServerAddress address) {
        ReplicaState replica =
                new ReplicaState(address.toString(), new PeerKnowledge(), CopyPolicy.DEFAULT.journalBytes());
        ServerState state = new ServerState(address, 1, new ServerAccess(null, null), replica, new ServerLatencies());
        state.twin(true);
        return state;
    }

    public LoopContext context() {
        return context;
    }

    /** Makes channels on the loop. */
    public Bootstrap bootstrap() {
        return new Bootstrap().group(context.eventLoop()).channel(NioSocketChannel.class);
    }

    /** A usable connection to a server of its own. */
    public ServerConnection connect(ServerAddress address) {
        return connect(state(address), TestTimeouts.PATIENT);
    }

    /** A usable connection to a server that other loops may know too. */
    public ServerConnection connect(ServerState state, ServerTimeouts timeouts) {
        ServerConnection connection = call(() -> {
            ReconnectPolicy reconnect =
                    new ReconnectPolicy(timeouts.retryMin(), timeouts.retryMax(), new SplittableRandom(1));
            ServerConnection made =
                    new ServerConnection(context, bootstrap(), state, timeouts, reconnect, new Backpressure(), null);
            made.start();
            return made;
        });
        connections.add(connection);
        Awaitility.await("connection to " + state.address()).atMost(PATIENCE).until(() -> call(connection::usable));
        return connection;
    }

    /** Runs {@code task} on the loop and returns what it returns. */
    public <T> T call(Supplier<T> task) {
        return await(CompletableFuture.supplyAsync(task, context.eventLoop()));
    }

    /** Runs {@code task} on the loop. */
    public void run(Runnable task) {
        await(CompletableFuture.runAsync(task, context.eventLoop()));
    }

    /** What becomes of {@code future}, in time. */
    public static <T> T await(CompletableFuture<T> future) {
        assertThat(future).succeedsWithin(PATIENCE);
        return future.join();
    }

    @Override
    public void close() {
        run(() -> connections.forEach(ServerConnection::close));
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
