package io.mempair.proxy.server;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.replication.RefillProgress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A look at the proxy at one moment.
 *
 * @param transport         the kernel interface in use, as {@code --transport} names it
 * @param open              whether the listeners are open
 * @param clients           connections of clients
 * @param loopStallNanos    the longest time a loop has not come round, over all loops; a healthy loop
 *                          comes round every 100 ms
 * @param servers           each server with its state, primaries first
 * @param ailments          what keeps it from serving as it should, a line each for the operator; empty when all is well
 */
public record ProxyHealth(
        String transport,
        boolean open,
        int clients,
        long loopStallNanos,
        List<ServerStatus> servers,
        List<String> ailments) {

    public ProxyHealth {
        servers = List.copyOf(servers);
        ailments = List.copyOf(ailments);
    }

    /** Of a proxy that is well. */
    public ProxyHealth(String transport, boolean open, int clients, long loopStallNanos, List<ServerStatus> servers) {
        this(transport, open, clients, loopStallNanos, servers, List.of());
    }

    /** Which of a pool's tiers a server belongs to. */
    public enum Tier {
        PRIMARY,
        BACKUP
    }

    /**
     * One server as the loops see it.
     *
     * @param address  where it is
     * @param tier     its tier in the pool
     * @param up       whether every loop is connected to it
     * @param missed   keys in its journal; -1 if there were too many, and it will be flushed
     * @param refill   how far the copying of all its keys is; null if that is not under way
     * @param failure  why it is not up: why a connection was last lost or not made; null if it is up, or nothing is known
     */
    public record ServerStatus(
            ServerAddress address,
            Tier tier,
            boolean up,
            long missed,
            @Nullable RefillProgress refill,
            @Nullable String failure) {

        /** A server that missed nothing. */
        public ServerStatus(ServerAddress address, Tier tier, boolean up) {
            this(address, tier, up, 0, null, null);
        }
    }
}
