package io.mempair.proxy.server;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.replication.RefillProgress;
import io.mempair.proxy.transfer.RebalanceProgress;
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
 * @param memory            what clients make the proxy hold
 * @param rebalance         the rebalance that is under way, or the last one; null if there was none
 */
public record ProxyHealth(
        String transport,
        boolean open,
        int clients,
        long loopStallNanos,
        List<ServerStatus> servers,
        List<String> ailments,
        Memory memory,
        @Nullable RebalanceProgress rebalance) {

    public ProxyHealth {
        servers = List.copyOf(servers);
        ailments = List.copyOf(ailments);
    }

    /** Of a proxy that is well. */
    public ProxyHealth(String transport, boolean open, int clients, long loopStallNanos, List<ServerStatus> servers) {
        this(transport, open, clients, loopStallNanos, servers, List.of());
    }

    /** One whose clients hold nothing. */
    public ProxyHealth(
            String transport,
            boolean open,
            int clients,
            long loopStallNanos,
            List<ServerStatus> servers,
            List<String> ailments) {
        this(transport, open, clients, loopStallNanos, servers, ailments, Memory.NONE, null);
    }

    /**
     * What clients make the proxy hold, and how much they may.
     *
     * @param limitBytes         outside of the heap, for all clients together
     * @param held               what they hold there
     * @param allocatedBytes     what Netty has from the system, in use or kept for reuse
     * @param maxAllocatedBytes  from here on the client that holds most is closed
     * @param heapBytes          heap that their requests take, by estimate
     * @param maxHeapBytes       what these may take
     * @param isShort            whether clients that hold more than their share are not read
     * @param closed             clients closed for what they held, since the start
     */
    public record Memory(
            long limitBytes,
            List<MemoryHeld> held,
            long allocatedBytes,
            long maxAllocatedBytes,
            long heapBytes,
            long maxHeapBytes,
            boolean isShort,
            long closed) {

        /** Of a proxy without clients. */
        public static final Memory NONE = new Memory(0, List.of(), 0, 0, 0, 0, false, 0);

        public Memory {
            held = List.copyOf(held);
        }

        /** All that is held outside of the heap. */
        public long heldBytes() {
            return held.stream().mapToLong(MemoryHeld::bytes).sum();
        }
    }

    /**
     * Memory by what holds it.
     *
     * @param use    as in {@code mempair_proxy_memory_bytes}
     * @param bytes  so much of it
     */
    public record MemoryHeld(String use, long bytes) {}

    /** Which of a pool's tiers a server belongs to. */
    public enum ServerTier {
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
     * @param virtualSource  the virtual address it is connected from, because no own one leads there; else null
     */
    public record ServerStatus(
            ServerAddress address,
            ServerTier tier,
            boolean up,
            long missed,
            @Nullable RefillProgress refill,
            @Nullable String failure,
            @Nullable String virtualSource) {

        /** A server that is connected from an own address. */
        public ServerStatus(
                ServerAddress address,
                ServerTier tier,
                boolean up,
                long missed,
                @Nullable RefillProgress refill,
                @Nullable String failure) {
            this(address, tier, up, missed, refill, failure, null);
        }

        /** A server that missed nothing. */
        public ServerStatus(ServerAddress address, ServerTier tier, boolean up) {
            this(address, tier, up, 0, null, null);
        }
    }
}
