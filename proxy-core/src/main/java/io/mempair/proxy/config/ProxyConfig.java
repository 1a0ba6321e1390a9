package io.mempair.proxy.config;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/**
 * One proxy, as the operator configured it.
 *
 * @param listeners  where clients connect
 * @param pool       the servers behind the proxy
 * @param limits     how much clients may use
 * @param policy     who may be a client, and what clients may ask for
 * @param loops      event loops, 1..64; {@link #defaultLoops()} unless the operator says otherwise
 * @param transport  which kernel interface to use
 * @param latencies  whether latencies of servers are recorded in histograms
 * @param virtualAddresses   addresses that this host may lose to another while the proxy runs: no connection to a server comes from
 *     one if an own address leads there too
 */
public record ProxyConfig(
        ListenerConfig listeners,
        PoolConfig pool,
        ClientLimits limits,
        ClientPolicy policy,
        int loops,
        TransportChoice transport,
        boolean latencies,
        Set<InetAddress> virtualAddresses) {

    /** More loops than this brought nothing in any measurement of such proxies. */
    private static final int MAX_DEFAULT_LOOPS = 4;

    public ProxyConfig {
        virtualAddresses = Set.copyOf(virtualAddresses);
        if (loops < 1 || loops > 64) {
            throw new IllegalArgumentException("loops: " + loops + " (expected: 1..64)");
        }
    }

    /** A proxy whose host keeps its addresses. */
    public ProxyConfig(
            ListenerConfig listeners,
            PoolConfig pool,
            ClientLimits limits,
            ClientPolicy policy,
            int loops,
            TransportChoice transport,
            boolean latencies) {
        this(listeners, pool, limits, policy, loops, transport, latencies, Set.of());
    }

    /** A proxy that records latencies. */
    public ProxyConfig(
            ListenerConfig listeners,
            PoolConfig pool,
            ClientLimits limits,
            ClientPolicy policy,
            int loops,
            TransportChoice transport) {
        this(listeners, pool, limits, policy, loops, transport, true);
    }

    /** A proxy on plain TCP, open to everybody. */
    public ProxyConfig(
            List<ServerAddress> tcp, PoolConfig pool, ClientLimits limits, int loops, TransportChoice transport) {
        this(ListenerConfig.tcp(tcp), pool, limits, ClientPolicy.OPEN, loops, transport);
    }

    /** The same on a host that has these virtual addresses at times. */
    public ProxyConfig withVirtualAddresses(Set<InetAddress> addresses) {
        return new ProxyConfig(listeners, pool, limits, policy, loops, transport, latencies, addresses);
    }

    /** One loop per processor, at most four. */
    public static int defaultLoops() {
        return Math.min(MAX_DEFAULT_LOOPS, Runtime.getRuntime().availableProcessors());
    }
}
