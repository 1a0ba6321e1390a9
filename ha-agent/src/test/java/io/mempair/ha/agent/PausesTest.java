package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.metrics.PairMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PausesTest {

    private static final long MS = 1_000_000;

    private final List<Long> counted = new ArrayList<>();
    private final Pauses pauses = new Pauses(100 * MS, counted::add);

    @Test
    void onlyWhatIsLongerThanTheJitterOfAThreadCounts() {
        assertThat(pauses.tickCame(50 * MS, 0)).isNull();
        assertThat(pauses.tickCame(51 * MS, 0)).isNull();

        assertThat(counted).containsExactly(51 * MS);
    }

    @Test
    void aPauseLongerThanAHeartbeatIsALineAtMostOnceASecond() {
        assertThat(pauses.tickCame(100 * MS, 0)).isNull();
        assertThat(pauses.tickCame(101 * MS, 1)).startsWith("this process paused for 101 ms");
        assertThat(pauses.tickCame(700 * MS, 999 * MS)).isNull();
        assertThat(pauses.tickCame(700 * MS, 1_001 * MS)).startsWith("this process paused for 700 ms");
        assertThat(counted).hasSize(4);
    }

    @Test
    void theirHistogramAndMaximumAreScraped() {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        PairMetrics metrics = new PairMetrics();
        metrics.bindTo(registry);

        metrics.countPause(60 * MS);
        metrics.countPause(500 * MS);

        assertThat(registry.scrape())
                .contains("# TYPE mempair_pauses_seconds histogram")
                .contains("mempair_pauses_seconds_bucket{le=\"0.05\"} 0")
                .contains("mempair_pauses_seconds_bucket{le=\"0.1\"} 1")
                .contains("mempair_pauses_seconds_bucket{le=\"+Inf\"} 2")
                .contains("mempair_pauses_seconds_count 2")
                .contains("mempair_pauses_seconds_sum 0.56")
                .contains("mempair_pauses_seconds_max 0.5");
    }
}
