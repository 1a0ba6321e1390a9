package io.mempair.proxy.pool;

import io.mempair.proxy.backend.Backpressure;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerRequest;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.health.ReconnectPolicy;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.route.Placement;
import io.netty.bootstrap.Bootstrap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The servers of a pool on one event loop. Confined to that loop. */
public final class Pool {

    /** Allowance for late timers, on top of the two timeouts that a request may take, one per server. */
    private static final Duration LATE_TIMERS = Duration.ofMillis(100);

    /** Longest wait for the identity of a server in use before a backup tier is added; a slower server is identified later. */
    private static final Duration IDENTIFY_LIMIT = Duration.ofSeconds(1);

    private final PoolConfig config;
    private final LoopContext loop;
    private final Bootstrap bootstrap;
    private final RandomGenerator random;
    private final Backpressure backpressure;
    private final Tier primaries;
    private final @Nullable Tier backups;
    private final List<ServerConnection> all = new ArrayList<>();

    /** While keys are about to move; else null. */
    private @Nullable MoveWatch moves;

    /** Those of {@link #all} that no earlier pool had. */
    private final List<ServerConnection> added = new ArrayList<>();

    /**
     * @param config     the pool as the operator wrote it
     * @param states     what all loops share of each server: primaries first, then backups
     * @param loop       the loop
     * @param bootstrap  makes channels on that loop; copied for each server
     * @param random     spreads the times of reconnecting; seeded by the caller
     */
    public Pool(
            PoolConfig config,
            List<ServerState> states,
            LoopContext loop,
            Bootstrap bootstrap,
            RandomGenerator random) {
        this(config, states, loop, bootstrap, random, new Backpressure(), List.of());
    }

    private Pool(
            PoolConfig config,
            List<ServerState> states,
            LoopContext loop,
            Bootstrap bootstrap,
            RandomGenerator random,
            Backpressure backpressure,
            List<ServerConnection> kept) {
        this.config = config;
        this.loop = loop;
        this.bootstrap = bootstrap;
        this.random = random;
        this.backpressure = backpressure;
        states.forEach(state -> all.add(connectionTo(state, kept)));
        int split = config.primaries().size();
        primaries = tier(config, config.primaries(), all.subList(0, split));
        backups = config.hasBackupTier() ? tier(config, config.backups(), all.subList(split, all.size())) : null;
    }

    private ServerConnection connectionTo(ServerState state, List<ServerConnection> kept) {
        ServerConnection earlier = null;
        for (ServerConnection connection : kept) {
            if (connection.state() == state) {
                return connection;
            }
            if (connection.state().isSame(state)) {
                earlier = connection;
            }
        }
        ReconnectPolicy reconnect = new ReconnectPolicy(
                config.timeouts().retryMin(), config.timeouts().retryMax(), random);
        ServerConnection connection = new ServerConnection(
                loop, bootstrap.clone(), state, config.timeouts(), reconnect, backpressure, earlier);
        added.add(connection);
        return connection;
    }

    private static Tier tier(PoolConfig config, List<ServerAddress> addresses, List<ServerConnection> connections) {
        return new Tier(Placement.of(config.placement(), addresses), connections);
    }

    /**
     * The pool that is to follow this one. A server whose state is in both keeps its connection, and with it the order of
     * its requests. The new pool is to be started before it is used.
     */
    public Pool next(PoolConfig nextConfig, List<ServerState> states) {
        return new Pool(nextConfig, states, loop, bootstrap, random, backpressure, all);
    }

    /**
     * Begins to connect to every server that no earlier pool was connected to; the stage completes when each first try
     * has ended. Of the others it is asked which process they are, if that begins to matter.
     */
    public CompletionStage<Void> start() {
        tellWhoSharesKeys();
        Stream<CompletableFuture<Void>> known = all.stream()
                .filter(server -> !added.contains(server))
                .map(server -> {
                    CompletableFuture<Void> identified = new CompletableFuture<>();
                    server.identify(() -> identified.complete(null));
                    return identified.completeOnTimeout(null, IDENTIFY_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
                });
        Stream<CompletableFuture<Void>> tried =
                added.stream().map(server -> server.start().toCompletableFuture());
        return CompletableFuture.allOf(Stream.concat(known, tried).toArray(CompletableFuture[]::new));
    }

    /** Tells servers which of them share keys, so that they can detect two addresses of one process. */
    private void tellWhoSharesKeys() {
        List<ServerConnection> first = primaries.servers();
        List<ServerConnection> second = backups == null ? List.of() : backups.servers();
        for (int i = 0; i < first.size(); i++) {
            int primary = i;
            first.get(i).sharesKeysWith(chosen(second, backup -> config.shareKeys(primary, backup)), false);
        }
        for (int i = 0; i < second.size(); i++) {
            int backup = i;
            second.get(i).sharesKeysWith(chosen(first, primary -> config.shareKeys(primary, backup)), true);
        }
    }

    private static List<ServerConnection> chosen(List<ServerConnection> servers, IntPredicate index) {
        return IntStream.range(0, servers.size())
                .filter(index)
                .mapToObj(servers::get)
                .toList();
    }

    /**
     * Hands the servers over to {@code next}. A connection that {@code next} replaces is closed: see
     * {@link ServerConnection#giveWay}. A connection to a server that {@code next} does not have stays open for requests that
     * began with this pool: for the timeout of the server asked first plus that of the one asked next.
     */
    void giveWayTo(Pool next) {
        Duration grace = config.timeouts().request().multipliedBy(2).plus(LATE_TIMERS);
        for (ServerConnection server : all) {
            if (next.all.contains(server)) {
                server.change(next.config.timeouts());
                server.identify(() -> {});
            } else if (next.connectionTo(server.state()) != null) {
                server.giveWay();
            } else {
                server.retire(grace.toNanos());
            }
        }
    }

    /** The primary tier. */
    public Tier primaries() {
        return primaries;
    }

    /** The tier that holds second copies, or null if there is none. */
    public @Nullable Tier backups() {
        return backups;
    }

    /** The server that has the other copy of a key that {@code server} owns. Only where there are two. */
    public ServerConnection twinOf(ServerState server, Key key) {
        byte[] bytes = key.bytes();
        ServerConnection primary = primaries.ownerOf(bytes, 0, bytes.length);
        if (backups == null || !primary.state().isSame(server)) {
            return primary;
        }
        return backups.ownerOf(bytes, 0, bytes.length);
    }

    /** Whether these two servers have the copies of that key. */
    public boolean areTwins(Key key, ServerConnection one, ServerConnection other) {
        if (backups == null) {
            return false;
        }
        byte[] bytes = key.bytes();
        ServerConnection primary = primaries.ownerOf(bytes, 0, bytes.length);
        ServerConnection backup = backups.ownerOf(bytes, 0, bytes.length);
        return (one == primary && other == backup) || (one == backup && other == primary);
    }

    /** Learns of the writes of keys that are about to move; null if none are. */
    public @Nullable MoveWatch moves() {
        return moves;
    }

    /** Writes that are sent from now on, or with two copies end from now on, are noted there; with null no longer. */
    public void note(@Nullable MoveWatch watch) {
        moves = watch;
    }

    /** What to send for a write of that key, whose bytes were just appended: the request itself, or one that notes its end. */
    public ServerRequest watched(ServerRequest write, byte[] bytes, int keyOffset, int keyLength) {
        return moves == null ? write : moves.watched(write, bytes, keyOffset, keyLength);
    }

    /** As the operator wrote it. */
    public PoolConfig config() {
        return config;
    }

    /** Makes further connections of this loop to servers. */
    public Bootstrap bootstrap() {
        return bootstrap.clone();
    }

    /** How two copies are kept, if there is a backup tier. */
    public CopyPolicy copyPolicy() {
        return config.copies();
    }

    /** This loop's connection to that server, however it is connected to; null if the pool does not have it. */
    public @Nullable ServerConnection connectionTo(ServerState state) {
        for (ServerConnection connection : all) {
            if (connection.state().isSame(state)) {
                return connection;
            }
        }
        return null;
    }

    /** Every server, primaries first. */
    public List<ServerConnection> all() {
        return all;
    }

    /** The longest item that any server accepts, in bytes, as far as reported; 0 while no server has reported one. */
    public int longestItemBytes() {
        int longest = 0;
        for (ServerConnection server : all) {
            longest = Math.max(longest, server.longestItemBytes());
        }
        return longest;
    }

    /** Whether clients should not be read now because a server has too much in flight; the same for all pools of a loop. */
    public Backpressure backpressure() {
        return backpressure;
    }

    /** Closes the connections that only this pool has: it will not be used. */
    public void abandon() {
        added.forEach(ServerConnection::close);
    }

    /** Ends every connection. */
    public void close() {
        all.forEach(ServerConnection::close);
    }
}
