package io.mempair.proxy.server;

import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.metrics.ServerLatencies.Histogram;
import io.mempair.proxy.metrics.TimedCommand;
import java.util.Map;

/**
 * What the proxy has counted since its start, of all loops together.
 *
 * @param counters  every counter
 * @param requests  how long requests of clients took, from the turn of the loop that took one to the one that had its whole answer
 *                  on the way; commands that nobody used are missing
 */
public record ProxyTotals(Map<ProxyMeter, Long> counters, Map<TimedCommand, Histogram> requests) {

    /** Of a member without a proxy. */
    public static final ProxyTotals NONE = new ProxyTotals(Map.of(), Map.of());

    public ProxyTotals {
        counters = Map.copyOf(counters);
        requests = Map.copyOf(requests);
    }

    /** The count of {@code meter}. */
    public long of(ProxyMeter meter) {
        return counters.getOrDefault(meter, 0L);
    }
}
