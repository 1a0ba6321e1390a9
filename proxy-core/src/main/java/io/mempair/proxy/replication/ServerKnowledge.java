package io.mempair.proxy.replication;

import java.util.List;

/**
 * State of a proxy's servers, as the active node sends it to the standby. Immutable.
 *
 * @param version        rises with every change of the content, except for the time that passes; unique within a
 *     process
 * @param servers        every server of a pool that has or had two copies, primaries first
 * @param flushInMillis  milliseconds until a pending {@code flush_all} is due; {@link #NO_FLUSH} if there is none
 * @param layout         which servers lead
 */
public record ServerKnowledge(long version, List<Known> servers, long flushInMillis, LayoutKnowledge layout) {

    /** No flush is pending. */
    public static final long NO_FLUSH = -1;

    /** Nothing is known. */
    public static final ServerKnowledge NONE = new ServerKnowledge(0, List.of());

    public ServerKnowledge {
        servers = List.copyOf(servers);
    }

    /** Without a layout: each node goes by its own file. */
    public ServerKnowledge(long version, List<Known> servers, long flushInMillis) {
        this(version, servers, flushInMillis, LayoutKnowledge.NONE);
    }

    /** Without a pending flush. */
    public ServerKnowledge(long version, List<Known> servers) {
        this(version, servers, NO_FLUSH);
    }

    /** The same, with another time until the flush. */
    public ServerKnowledge flushIn(long millis) {
        return new ServerKnowledge(version, servers, millis, layout);
    }

    /**
     * One server.
     *
     * @param address   {@code host:port} as configured
     * @param backup    whether it belongs to the backup tier
     * @param status    its status
     * @param identity  the server process last seen
     * @param differing  keys whose copy on it may differ after writes that were not acknowledged; oldest first
     */
    public record Known(
            String address, boolean backup, ReplicaStatus status, ServerIdentity identity, List<Key> differing) {

        public Known {
            differing = List.copyOf(differing);
        }

        /** None of its keys differs. */
        public Known(String address, boolean backup, ReplicaStatus status, ServerIdentity identity) {
            this(address, backup, status, identity, List.of());
        }

        /** The same, with these keys. */
        public Known withDiffering(List<Key> keys) {
            return new Known(address, backup, status, identity, keys);
        }
    }
}
