package io.mempair.proxy.config;

import java.net.InetAddress;
import java.time.Duration;
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
 * @param gather     the longest time a loop holds its output for more input, at most {@link #LONGEST_GATHER}; zero for never
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
        Duration gather,
        Set<InetAddress> virtualAddresses) {

    /** Longer brought nothing in any measurement. */
    public static final Duration LONGEST_GATHER = Duration.ofNanos(200_000);

    /** No hold: it pays on some machines only. */
    public static final Duration DEFAULT_GATHER = Duration.ZERO;

    /** More loops than this brought nothing in any measurement of such proxies. */
    private static final int MAX_DEFAULT_LOOPS = 4;

    public ProxyConfig {
        virtualAddresses = Set.copyOf(virtualAddresses);
        if (loops < 1 || loops > 64) {
            throw new IllegalArgumentException("loops: " + loops + " (expected: 1..64)");
        }
        if (gather.isNegative() || gather.compareTo(LONGEST_GATHER) > 0) {
            throw new IllegalArgumentException(
                    "gather: " + DurationText.of(gather) + " (expected: at most 200 microseconds)");
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
        this(listeners, pool, limits, policy, loops, transport, latencies, DEFAULT_GATHER, Set.of());
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
        return new ProxyConfig(listeners, pool, limits, policy, loops, transport, latencies, gather, addresses);
    }

    /** The same in front of another pool. */
    public ProxyConfig with(PoolConfig other) {
        return new ProxyConfig(listeners, other, limits, policy, loops, transport, latencies, gather, virtualAddresses);
    }

    /** The same with another {@link #gather}. */
    public ProxyConfig withGather(Duration other) {
        return new ProxyConfig(listeners, pool, limits, policy, loops, transport, latencies, other, virtualAddresses);
    }

    /** One loop per processor, at most four. */
    public static int defaultLoops() {
        return Math.min(MAX_DEFAULT_LOOPS, Runtime.getRuntime().availableProcessors());
    }
}
