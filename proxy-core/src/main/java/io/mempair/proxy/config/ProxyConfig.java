package io.mempair.proxy.config;

import java.util.List;

/**
 * One proxy as the operator wrote it.
 *
 * @param listeners  TCP addresses clients connect to; at least one
 * @param pool       the servers behind
 * @param limits     what clients may use
 * @param loops      event loops, 1..64; {@link #defaultLoops()} unless the operator says otherwise
 * @param transport  which kernel interface to use
 */
public record ProxyConfig(
        List<ServerAddress> listeners, PoolConfig pool, ClientLimits limits, int loops, TransportChoice transport) {

    /** More loops than this did not pay in any measurement of proxies of this kind. */
    private static final int MAX_DEFAULT_LOOPS = 4;

    public ProxyConfig {
        listeners = List.copyOf(listeners);
        if (listeners.isEmpty()) {
            throw new IllegalArgumentException("listen: empty (expected: at least one host:port)");
        }
        if (loops < 1 || loops > 64) {
            throw new IllegalArgumentException("loops: " + loops + " (expected: 1..64)");
        }
    }

    /** One loop a processor, at most four. */
    public static int defaultLoops() {
        return Math.min(MAX_DEFAULT_LOOPS, Runtime.getRuntime().availableProcessors());
    }
}
