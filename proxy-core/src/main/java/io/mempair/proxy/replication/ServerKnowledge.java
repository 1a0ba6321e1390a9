package io.mempair.proxy.replication;

import java.util.List;

/**
 * What one proxy knows of its servers, as the active node tells the standby. Immutable.
 *
 * @param version        rises with every change of what follows, and is never the same for two different contents of one
 *     process, but for the time that passes
 * @param servers        each server of a pool with two copies, primaries first; empty where there is one copy only
 * @param flushInMillis  when a {@code flush_all} with a delay is due that a client asked for; {@link #NO_FLUSH} if none is
 */
public record ServerKnowledge(long version, List<Known> servers, long flushInMillis) {

    /** No flush is to come. */
    public static final long NO_FLUSH = -1;

    /** Nothing is known. */
    public static final ServerKnowledge NONE = new ServerKnowledge(0, List.of());

    public ServerKnowledge {
        servers = List.copyOf(servers);
    }

    /** With no flush to come. */
    public ServerKnowledge(long version, List<Known> servers) {
        this(version, servers, NO_FLUSH);
    }

    /**
     * One server.
     *
     * @param address   {@code host:port} as the operator wrote it
     * @param backup    whether it is of the backup tier
     * @param status  what it is good for
     * @param identity  the process last seen there
     */
    public record Known(String address, boolean backup, ReplicaStatus status, ServerIdentity identity) {}
}
