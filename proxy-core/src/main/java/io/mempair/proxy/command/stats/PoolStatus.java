package io.mempair.proxy.command.stats;

import io.mempair.proxy.protocol.Stat;
import java.util.List;

/** What the proxy says of itself in answer to {@code stats}. Asked on any loop, answered without waiting. */
public interface PoolStatus {

    /**
     * Numbers under memcached's names that mean the process the client is connected to, and so replace those of the
     * servers: {@code pid}, {@code curr_connections}, ...
     */
    List<Stat> ownGeneral();

    /** Settings that replace those of the servers, for the same reason. */
    List<Stat> ownSettings();

    /**
     * How many servers there are and are not connected, {@code proxy_servers...}: all that {@code stats} has of ours, because
     * collectd's buffer ends at 4,095 bytes, and memcached needs most of it.
     */
    List<Stat> serverNumbers();

    /** All numbers of the proxy under names of its own, {@code proxy_...}. */
    List<Stat> proxyNumbers();

    /** What the servers have counted, for all loops. */
    KeptCounters keptCounters();
}
