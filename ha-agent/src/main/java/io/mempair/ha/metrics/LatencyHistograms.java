package io.mempair.ha.metrics;

import io.mempair.proxy.metrics.LatencyBuckets;
import io.mempair.proxy.metrics.ServerLatencies.Histogram;
import io.mempair.proxy.metrics.TimedCommand;
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
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * One {@link LatencyFamily} as Prometheus histograms, built on each scrape: the loops count in buckets of their own, and
 * no Micrometer meter accepts buckets that are already counted. Any thread.
 */
public final class LatencyHistograms implements Collector {

    private static final double NANOS_PER_SECOND = 1e9;

    /** In seconds. */
    private static final List<Double> BOUNDS = Arrays.stream(LatencyBuckets.boundsNanos())
            .mapToObj(nanos -> nanos == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : nanos / NANOS_PER_SECOND)
            .toList();

    /**
     * A histogram with its labels.
     *
     * @param labels  values of {@link LatencyFamily#labels}
     */
    private record Labelled(List<String> labels, Histogram histogram) {}

    private final LatencyFamily family;
    private final Supplier<Stream<Labelled>> source;

    private LatencyHistograms(LatencyFamily family, Supplier<Stream<Labelled>> source) {
        this.family = family;
        this.source = source;
    }

    /** {@link LatencyFamily#SERVERS}; {@code source} is asked at each scrape. */
    public static LatencyHistograms ofServers(Supplier<List<ServerLatency>> source) {
        return new LatencyHistograms(
                LatencyFamily.SERVERS,
                () -> source.get().stream().map(latency -> new Labelled(labels(latency), latency.histogram())));
    }

    private static List<String> labels(ServerLatency latency) {
        return List.of(
                latency.server().toString(),
                latency.tier().name().toLowerCase(Locale.ROOT),
                latency.command().label());
    }

    /** {@link LatencyFamily#REQUESTS}; {@code source} is asked at each scrape. */
    public static LatencyHistograms ofRequests(Supplier<Map<TimedCommand, Histogram>> source) {
        return new LatencyHistograms(
                LatencyFamily.REQUESTS,
                () -> source.get().entrySet().stream()
                        .map(entry -> new Labelled(List.of(entry.getKey().label()), entry.getValue())));
    }

    @Override
    public MetricFamilyDescriptor getMetricFamilyDescriptor() {
        return MetricFamilyDescriptor.of(
                MetricType.HISTOGRAM, new MetricMetadata(family.metric(), family.meaning()), family.labels());
    }

    @Override
    public MetricSnapshot collect() {
        HistogramSnapshot.Builder histograms =
                HistogramSnapshot.builder().name(family.metric()).help(family.meaning());
        source.get().forEach(labelled -> histograms.dataPoint(point(labelled)));
        return histograms.build();
    }

    private HistogramDataPointSnapshot point(Labelled labelled) {
        return HistogramDataPointSnapshot.builder()
                .labels(Labels.of(family.labels(), labelled.labels()))
                .classicHistogramBuckets(
                        ClassicHistogramBuckets.of(BOUNDS, labelled.histogram().counts()))
                .sum(labelled.histogram().sumNanos() / NANOS_PER_SECOND)
                .build();
    }
}
