package io.mempair.proxy.command.stats;

import io.mempair.proxy.protocol.Stat;
import java.util.List;

/** The proxy's own contribution to {@code stats}. Any loop; never blocks. */
public interface PoolStatus {

    /**
     * Values under memcached's names that describe the process the client is connected to, and so replace those of the
     * servers: {@code pid}, {@code curr_connections}, ...
     */
    List<Stat> ownGeneral();

    /** Settings that replace those of the servers, for the same reason. */
    List<Stat> ownSettings();

    /**
     * Counts of servers and of servers not connected, {@code proxy_servers...}. Plain {@code stats} contains no other
     * value of the proxy but {@link #exporterNumbers}, because collectd's buffer has 4,095 bytes and memcached needs
     * most of it.
     */
    List<Stat> serverNumbers();

    /**
     * What memcached's built-in proxy reports under {@code stats}, by its names: memcached_exporter shows its proxy
     * metrics if they are there. Plain {@code stats} contains them if they fit.
     */
    List<Stat> exporterNumbers();

    /** All values of the proxy, named {@code proxy_...}. */
    List<Stat> proxyNumbers();

    /** The counters of the servers, shared by all loops. */
    KeptCounters keptCounters();
}
