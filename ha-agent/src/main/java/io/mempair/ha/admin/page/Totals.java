package io.mempair.ha.admin.page;

import io.mempair.proxy.metrics.LatencyBuckets;
import io.mempair.proxy.metrics.ServerLatencies.Histogram;
import io.mempair.proxy.server.ProxyTotals;
import io.mempair.proxy.server.ServerLatency;
import java.util.Collection;
import java.util.List;

/**
 * What has been counted up to one moment.
 *
 * @param atNanos     when, on a clock that never falls
 * @param counted     everything the proxy counts
 * @param requests    clients' requests in each bucket of {@link LatencyBuckets}
 * @param servers     servers' answers in each bucket
 */
public record Totals(long atNanos, ProxyTotals counted, List<Long> requests, List<Long> servers) {

    public Totals {
        requests = List.copyOf(requests);
        servers = List.copyOf(servers);
    }

    /** Everything up to {@code atNanos}. */
    public static Totals of(long atNanos, ProxyTotals counted, List<ServerLatency> servers) {
        return new Totals(
                atNanos,
                counted,
                sum(counted.requests().values()),
                sum(servers.stream().map(ServerLatency::histogram).toList()));
    }

    private static List<Long> sum(Collection<Histogram> histograms) {
        Long[] sum = new Long[LatencyBuckets.count()];
        for (int i = 0; i < sum.length; i++) {
            int bucket = i;
            sum[i] = histograms.stream()
                    .mapToLong(histogram -> histogram.counts().get(bucket))
                    .sum();
        }
        return List.of(sum);
    }
}
