package io.mempair.ha.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.config.ConfigException;
import io.mempair.ha.config.ConfigReader;
import io.mempair.ha.election.Role;
import io.mempair.ha.metrics.LatencyFamily;
import io.mempair.ha.metrics.PairMeter;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.server.ProxyServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/reference/metrics.md} is made of the declarations; {@code -Dmempair.document=write} writes it anew. */
class MetricsDocumentTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "reference", "metrics.md");

    @Test
    void theDocumentSaysWhatIsDeclared() throws IOException, ConfigException {
        String wanted = document();
        if ("write".equals(System.getProperty("mempair.document"))) {
            Files.writeString(DOCUMENT, wanted);
        }
        assertThat(Files.readString(DOCUMENT))
                .as("made of the declarations; write it anew with -Dtest=MetricsDocumentTest -Dmempair.document=write")
                .isEqualTo(wanted);
    }

    private static String document() throws IOException, ConfigException {
        return """
                # Metrics

                Every metric of mempair on `/metrics`, made of the declarations in the code by `MetricsDocumentTest`. Besides these the page has
                `process_*` and `jvm_*` of the Prometheus and Micrometer libraries. A scraper that accepts `application/openmetrics-text` gets
                OpenMetrics; one that accepts `gzip` gets that.

                ## The node

                | metric | labels | meaning |
                | --- | --- | --- |
                """
                + Arrays.stream(StatusMeter.values())
                        .map(meter -> row(meter.metric(), String.join(", ", meter.labels()), meter.meaning()))
                        .collect(Collectors.joining())
                + """

                ## The pair

                | metric | labels | meaning |
                | --- | --- | --- |
                """
                + Arrays.stream(PairMeter.values())
                        .map(meter -> row(name(meter), label(meter), meter.meaning()))
                        .collect(Collectors.joining())
                + """

                ## The proxy, since its start

                | metric | labels | meaning |
                | --- | --- | --- |
                """
                + proxyCounters()
                + """

                ## The proxy now

                | metric | labels | meaning |
                | --- | --- | --- |
                """
                + proxyGauges()
                + Arrays.stream(LatencyFamily.values())
                        .map(family -> row(family.metric(), String.join(", ", family.labels()), family.meaning()))
                        .collect(Collectors.joining());
    }

    /** As a proxy registers them. */
    private static String proxyGauges() throws IOException, ConfigException {
        Path file = Files.writeString(Files.createTempFile("proxy", ".yaml"), "proxy: {servers: ['127.0.0.1:1']}\n");
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (ProxyServer proxy = new ProxyServer(ConfigReader.readProxy(file).proxy())) {
            proxy.bindTo(registry);
            return registry.getPrometheusRegistry().scrape().stream()
                    .filter(GaugeSnapshot.class::isInstance)
                    .map(family -> row(
                            family.getMetadata().getPrometheusName(),
                            family.getDataPoints().stream()
                                    .flatMap(point -> point.getLabels().stream())
                                    .map(Label::getName)
                                    .distinct()
                                    .collect(Collectors.joining(", ")),
                            family.getMetadata().getHelp()))
                    .sorted()
                    .collect(Collectors.joining());
        } finally {
            Files.delete(file);
        }
    }

    /** Counters of one name are one row. */
    private static String proxyCounters() {
        TreeMap<String, String> rows = new TreeMap<>();
        for (ProxyMeter meter : ProxyMeter.values()) {
            String values = Arrays.stream(ProxyMeter.values())
                    .filter(other -> other.meterName().equals(meter.meterName())
                            && !other.value().isEmpty())
                    .map(ProxyMeter::value)
                    .collect(Collectors.joining(", "));
            String labels = values.isEmpty() ? "" : meter.label() + ": " + values;
            String name = prometheus(meter.meterName()) + "_total";
            rows.putIfAbsent(name, row(name, labels, meter.meaning()));
        }
        return String.join("", rows.values());
    }

    private static String label(PairMeter meter) {
        return switch (meter) {
            case TRANSITIONS -> "reason";
            case HANDOVER_CONNECTIONS -> "result";
            default -> "";
        };
    }

    private static String name(PairMeter meter) {
        String unit = meter.unit().isEmpty() ? "" : '_' + meter.unit();
        return prometheus(meter.meterName()) + unit + (meter.type() == PairMeter.Type.COUNTER ? "_total" : "");
    }

    private static String prometheus(String meterName) {
        return meterName.replace('.', '_');
    }

    private static String row(String name, String labels, String meaning) {
        return "| `" + name + "` | " + labels + " | " + meaning.substring(0, 1).toUpperCase(Locale.ROOT)
                + meaning.substring(1) + " |\n";
    }

    /** What the document promises is on the page. */
    @Test
    void everyGaugeOfTheStatusIsOnThePage() {
        FakeNode node = new FakeNode();
        node.status = FakeNode.status(Role.ACTIVE, true, true, "fit", new NodeStatus.Reload(5, true, "nothing"));
        try (MetricsPage page = new MetricsPage(node)) {
            String text = page.text(MetricsPage.contentType(null));
            assertThat(Arrays.stream(StatusMeter.values())
                            .filter(meter -> meter != StatusMeter.REFILL_KEYS)
                            .map(StatusMeter::metric))
                    .allSatisfy(metric -> assertThat(text).contains("# TYPE " + metric + " gauge\n" + metric));
            assertThat(text)
                    .contains("mempair_address_info{address=\"10.0.0.100/24\",interface=\"eth0\"} 1.0")
                    .containsPattern("mempair_peer_last_heard_timestamp_seconds\\{peer=\"b\"} [0-9.]+E9\\R")
                    .containsPattern("mempair_reload_timestamp_seconds [0-9.]+E9\\R")
                    .contains("mempair_peer_round_trip_seconds{peer=\"b\"} 0.0015")
                    .contains("{key=\"group.tls-ca\",subject=\"CN=mempair authority\"} 4000.0")
                    .contains("mempair_role{role=\"active\"} 1.0", "mempair_role{role=\"standby\"} 0.0")
                    .contains("process_resident_memory_bytes ", "process_open_fds ", "process_cpu_seconds_total ");
        }
    }
}
