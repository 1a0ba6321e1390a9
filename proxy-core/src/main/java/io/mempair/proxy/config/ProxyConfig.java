package io.mempair.proxy.config;

import java.util.List;

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
 */
public record ProxyConfig(
        ListenerConfig listeners,
        PoolConfig pool,
        ClientLimits limits,
        ClientPolicy policy,
        int loops,
        TransportChoice transport,
        boolean latencies) {

    /** More loops than this brought nothing in any measurement of such proxies. */
    private static final int MAX_DEFAULT_LOOPS = 4;

    public ProxyConfig {
        if (loops < 1 || loops > 64) {
            throw new IllegalArgumentException("loops: " + loops + " (expected: 1..64)");
        }
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

    /** One loop per processor, at most four. */
    public static int defaultLoops() {
        return Math.min(MAX_DEFAULT_LOOPS, Runtime.getRuntime().availableProcessors());
    }
}
