package io.mempair.ha.metrics;

import io.mempair.proxy.metrics.ServerLatencies.Histogram;
import io.mempair.proxy.metrics.TimedCommand;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.MetricType;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * How long the requests of clients took, as Prometheus histograms beside {@link ServerLatencyHistograms}: what is more here than
 * there is the proxy's own, or waited for an earlier answer of the same client. Any thread.
 */
public final class RequestLatencyHistograms implements Collector {

    /** As it is on the page, before {@code _bucket}, {@code _count} and {@code _sum}. */
    public static final String NAME = "mempair_proxy_request_latency_seconds";

    /** One line for the operator. */
    public static final String MEANING =
            "Time from taking a client's request until its whole answer is on the way to the client";

    private static final MetricFamilyDescriptor DESCRIPTOR =
            MetricFamilyDescriptor.of(MetricType.HISTOGRAM, new MetricMetadata(NAME, MEANING), List.of("command"));

    private final Supplier<Map<TimedCommand, Histogram>> source;

    /** @param source  what has been counted; asked at each scrape */
    public RequestLatencyHistograms(Supplier<Map<TimedCommand, Histogram>> source) {
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
        source.get()
                .forEach((command, histogram) -> histograms.dataPoint(
                        ServerLatencyHistograms.point(histogram, Labels.of("command", command.label()))));
        return histograms.build();
    }
}
