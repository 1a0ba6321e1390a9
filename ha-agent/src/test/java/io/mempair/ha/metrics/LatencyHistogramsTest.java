package io.mempair.ha.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.metrics.LatencyBuckets;
import io.mempair.proxy.metrics.ServerLatencies;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.server.ProxyHealth.ServerTier;
import io.mempair.proxy.server.ServerLatency;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatencyHistogramsTest {

    private static final String NAME = "mempair_proxy_server_latency_seconds";

    private List<ServerLatency> counted = List.of();

    private List<String> page() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.getPrometheusRegistry().register(LatencyHistograms.ofServers(() -> counted));
        return registry.scrape().lines().toList();
    }

    private static ServerLatency latency(ServerTier tier, long... latenciesNanos) {
        ServerLatencies latencies = new ServerLatencies();
        for (long nanos : latenciesNanos) {
            latencies.ofOneLoop().count(TimedCommand.GET, nanos);
        }
        return new ServerLatency(
                new ServerAddress("m1", 11211), tier, TimedCommand.GET, latencies.histogram(TimedCommand.GET));
    }

    @Test
    void bucketsAreCumulativeAndInSeconds() {
        counted = List.of(latency(ServerTier.PRIMARY, 50_000, 60_000, 2_000_000_000L, 60_000_000_000L));
        String labels = "{command=\"get\",server=\"m1:11211\",tier=\"primary\"";

        List<String> page = page();

        assertThat(page)
                .contains("# TYPE " + NAME + " histogram")
                .contains(NAME + "_bucket" + labels + ",le=\"5.0E-5\"} 1")
                .contains(NAME + "_bucket" + labels + ",le=\"1.0E-4\"} 2")
                .contains(NAME + "_bucket" + labels + ",le=\"1.0\"} 2")
                .contains(NAME + "_bucket" + labels + ",le=\"2.0\"} 3")
                .contains(NAME + "_bucket" + labels + ",le=\"10.0\"} 3")
                .contains(NAME + "_bucket" + labels + ",le=\"+Inf\"} 4")
                .contains(NAME + "_count" + labels + "} 4")
                .contains(NAME + "_sum" + labels + "} 62.00011");
        assertThat(page).filteredOn(line -> line.startsWith(NAME + "_bucket")).hasSize(LatencyBuckets.count());
    }

    @Test
    void aServerThatIsInBothTiersIsThereTwice() {
        counted = new ArrayList<>(List.of(latency(ServerTier.PRIMARY, 1), latency(ServerTier.BACKUP, 1)));

        assertThat(page())
                .filteredOn(line -> line.startsWith(NAME + "_count"))
                .hasSize(2)
                .anyMatch(line -> line.contains("tier=\"backup\""));
    }

    @Test
    void whereNothingIsCountedThereIsNothing() {
        assertThat(page()).noneMatch(line -> line.contains(NAME));
    }
}
