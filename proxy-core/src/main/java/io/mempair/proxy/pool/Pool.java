package io.mempair.proxy.pool;

import io.mempair.proxy.backend.Congestion;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.health.ReconnectPolicy;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.route.Placement;
import io.netty.bootstrap.Bootstrap;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The servers of a pool on one event loop. Confined to that loop. */
public final class Pool {

    private final Tier primaries;
    private final @Nullable Tier backups;
    private final List<ServerConnection> all = new ArrayList<>();
    private final Congestion congestion = new Congestion();

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
        for (ServerState state : states) {
            ReconnectPolicy reconnect = new ReconnectPolicy(
                    config.timeouts().retryMin(), config.timeouts().retryMax(), random);
            all.add(new ServerConnection(loop, bootstrap.clone(), state, config.timeouts(), reconnect, congestion));
        }
        int split = config.primaries().size();
        primaries = tier(config, config.primaries(), all.subList(0, split));
        backups = config.hasBackupTier() ? tier(config, config.backups(), all.subList(split, all.size())) : null;
    }

    private static Tier tier(PoolConfig config, List<ServerAddress> addresses, List<ServerConnection> connections) {
        return new Tier(Placement.of(config.distribution(), addresses), connections);
    }

    /** Begins to connect to every server; the stage completes when each first try has ended. */
    public CompletionStage<Void> start() {
        return CompletableFuture.allOf(
                all.stream().map(server -> server.start().toCompletableFuture()).toArray(CompletableFuture[]::new));
    }

    /** The tier that decides. */
    public Tier primaries() {
        return primaries;
    }

    /** The tier that holds second copies, or null if there is none. */
    public @Nullable Tier backups() {
        return backups;
    }

    /** The servers that own copies of the key, its primary first; whether or not they are usable. */
    public List<ServerConnection> ownersOf(byte[] bytes, int keyOffset, int keyLength) {
        ServerConnection primary = primaries.ownerOf(bytes, keyOffset, keyLength);
        return backups == null ? List.of(primary) : List.of(primary, backups.ownerOf(bytes, keyOffset, keyLength));
    }

    /** Every server, primaries first. */
    public List<ServerConnection> all() {
        return all;
    }

    /** Whether clients should not be read now because a server has too much in flight. */
    public Congestion congestion() {
        return congestion;
    }

    /** Ends every connection. */
    public void close() {
        all.forEach(ServerConnection::close);
    }
}
