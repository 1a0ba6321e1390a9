package io.mempair.proxy.config;

import java.util.List;

/**
 * One proxy as the operator wrote it.
 *
 * @param listeners  where clients connect
 * @param pool       the servers behind
 * @param limits     how much clients may use
 * @param policy     who may be a client, and what clients may ask for
 * @param loops      event loops, 1..64; {@link #defaultLoops()} unless the operator says otherwise
 * @param transport  which kernel interface to use
 * @param latencies  whether latencies of servers are counted, in histograms
 */
public record ProxyConfig(
        ListenerConfig listeners,
        PoolConfig pool,
        ClientLimits limits,
        ClientPolicy policy,
        int loops,
        TransportChoice transport,
        boolean latencies) {

    /** More loops than this did not pay in any measurement of proxies of this kind. */
    private static final int MAX_DEFAULT_LOOPS = 4;

    public ProxyConfig {
        if (loops < 1 || loops > 64) {
            throw new IllegalArgumentException("loops: " + loops + " (expected: 1..64)");
        }
    }

    /** A proxy that counts latencies. */
    public ProxyConfig(
            ListenerConfig listeners,
            PoolConfig pool,
            ClientLimits limits,
            ClientPolicy policy,
            int loops,
            TransportChoice transport) {
        this(listeners, pool, limits, policy, loops, transport, true);
    }

    /** A proxy on plain TCP that is open to everybody. */
    public ProxyConfig(
            List<ServerAddress> tcp, PoolConfig pool, ClientLimits limits, int loops, TransportChoice transport) {
        this(ListenerConfig.tcp(tcp), pool, limits, ClientPolicy.OPEN, loops, transport);
    }

    /** One loop a processor, at most four. */
    public static int defaultLoops() {
        return Math.min(MAX_DEFAULT_LOOPS, Runtime.getRuntime().availableProcessors());
    }
}
