package io.mempair.ha.admin;

import io.mempair.ha.agent.Node;
import io.mempair.ha.metrics.LatencyHistograms;
import io.mempair.ha.time.SystemClock;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import org.jspecify.annotations.Nullable;

/** The meters of the node, the data plane, the JVM and its buffers in Prometheus' text form. Any thread. */
final class MetricsPage implements AutoCloseable {

    private static final String PLAIN = "text/plain; version=0.0.4; charset=utf-8";

    private static final String OPEN_METRICS = "application/openmetrics-text";

    private static final String OPEN_METRICS_1 = OPEN_METRICS + "; version=1.0.0; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();

    MetricsPage(Node node) {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        collections.bindTo(registry);
        node.bindTo(registry);
        registry.getPrometheusRegistry().register(LatencyHistograms.ofServers(node::latencies));
        registry.getPrometheusRegistry()
                .register(LatencyHistograms.ofRequests(() -> node.totals().requests()));
        registry.getPrometheusRegistry().register(new StatusMetrics(node, new SystemClock()));
        ProcessMetrics.builder().register(registry.getPrometheusRegistry());
    }

    /** The form for who accepts this; both are text. OpenMetrics for who names it, and likes it as much as the other one. */
    static String contentType(@Nullable String header) {
        Accept accept = new Accept(header);
        double open = accept.weightOf(OPEN_METRICS);
        return accept.names(OPEN_METRICS) && open > 0 && open >= accept.weightOf("text/plain") ? OPEN_METRICS_1 : PLAIN;
    }

    /** @param contentType  of {@link #contentType} */
    String text(String contentType) {
        return registry.scrape(contentType);
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
