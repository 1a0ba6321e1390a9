package io.mempair.ha.metrics;

import io.mempair.proxy.metrics.LatencyBuckets;
import io.mempair.proxy.metrics.ServerLatencies;
import io.mempair.proxy.server.ServerLatency;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.MetricType;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The latencies of the servers as Prometheus histograms, built on each scrape: the loops count in buckets of their own, and
 * no Micrometer meter accepts buckets that are already counted. Any thread.
 */
public final class ServerLatencyHistograms implements Collector {

    /** As it is on the page, before {@code _bucket}, {@code _count} and {@code _sum}. */
    public static final String NAME = "mempair_proxy_server_latency_seconds";

    /** One line for the operator. */
    public static final String MEANING =
            "Time from handing a request to a server's connection to the end of the answer";

    private static final double NANOS_PER_SECOND = 1e9;

    /** In seconds. */
    private static final List<Double> BOUNDS = Arrays.stream(LatencyBuckets.boundsNanos())
            .mapToObj(nanos -> nanos == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : nanos / NANOS_PER_SECOND)
            .toList();

    private static final MetricFamilyDescriptor DESCRIPTOR = MetricFamilyDescriptor.of(
            MetricType.HISTOGRAM, new MetricMetadata(NAME, MEANING), List.of("server", "tier", "command"));

    private final Supplier<List<ServerLatency>> source;

    /** @param source  what has been counted; asked at each scrape */
    public ServerLatencyHistograms(Supplier<List<ServerLatency>> source) {
        this.source = source;
    }

    @Override
    public MetricFamilyDescriptor getMetricFamilyDescriptor() {
        return DESCRIPTOR;
    }

    @Override
    public MetricSnapshot collect() {
        HistogramSnapshot.Builder histograms =
                HistogramSnapshot.builder().name(NAME).help(MEANING);
        source.get().forEach(latency -> histograms.dataPoint(histogram(latency)));
        return histograms.build();
    }

    private static HistogramDataPointSnapshot histogram(ServerLatency latency) {
        return point(
                latency.histogram(),
                Labels.of(
                        "server",
                        latency.server().toString(),
                        "tier",
                        latency.tier().name().toLowerCase(Locale.ROOT),
                        "command",
                        latency.command().label()));
    }

    /** What was counted, as Prometheus has it. */
    static HistogramDataPointSnapshot point(ServerLatencies.Histogram histogram, Labels labels) {
        HistogramDataPointSnapshot.Builder point = HistogramDataPointSnapshot.builder();
        point.classicHistogramBuckets(ClassicHistogramBuckets.of(BOUNDS, histogram.counts()));
        point.sum(histogram.sumNanos() / NANOS_PER_SECOND);
        point.labels(labels);
        return point.build();
    }
}
