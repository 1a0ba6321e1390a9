package io.mempair.ha.admin.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.metrics.LoopLatencies;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.metrics.ServerLatencies;
import io.mempair.proxy.metrics.TimedCommand;
import io.mempair.proxy.server.ProxyHealth.ServerTier;
import io.mempair.proxy.server.ProxyTotals;
import io.mempair.proxy.server.ServerLatency;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplesTest {

    private static final long SECOND = 1_000_000_000;
    private static final long MILLI = 1_000_000;

    private final ServerLatencies requests = new ServerLatencies();
    private final LoopLatencies loop = requests.ofOneLoop();

    private Totals totals(long atNanos, Map<ProxyMeter, Long> counters) {
        ServerLatencies.Histogram gets = requests.histogram(TimedCommand.GET);
        ServerLatency server =
                new ServerLatency(new ServerAddress("m1", 11211), ServerTier.PRIMARY, TimedCommand.GET, gets);
        return Totals.of(atNanos, new ProxyTotals(counters, Map.of(TimedCommand.GET, gets)), List.of(server));
    }

    @SuppressWarnings("EnumOrdinal")
    private static double of(Series series, double[] row) {
        return row[series.ordinal()];
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -3 * SECOND, Long.MAX_VALUE - SECOND})
    void aRateIsTheRiseOfItsCountersASecond(long start) {
        Totals before = totals(start, Map.of(ProxyMeter.COMMANDS_GET, 100L, ProxyMeter.CLIENT_ERRORS, 1L));
        Totals after = totals(
                start + 2 * SECOND,
                Map.of(ProxyMeter.COMMANDS_GET, 400L, ProxyMeter.CLIENT_ERRORS, 2L, ProxyMeter.SERVER_ERRORS, 4L));

        double[] row = Samples.between(before, after, 7, 1, true);

        assertThat(of(Series.GET, row)).isEqualTo(150);
        assertThat(of(Series.SET, row)).isZero();
        assertThat(of(Series.ERRORS, row)).isEqualTo(2.5);
        assertThat(of(Series.CLIENTS, row)).isEqualTo(7);
        assertThat(of(Series.SERVERS_DOWN, row)).isEqualTo(1);
        assertThat(of(Series.SERVES, row)).isEqualTo(1);
    }

    @Test
    void latenciesAreThoseBetweenTheTwoLooksAlone() {
        loop.count(TimedCommand.GET, 4 * SECOND);
        Totals before = totals(0, Map.of());
        for (int i = 0; i < 98; i++) {
            loop.count(TimedCommand.GET, MILLI);
        }
        loop.count(TimedCommand.GET, 15 * MILLI);
        loop.count(TimedCommand.GET, 15 * MILLI);

        double[] row = Samples.between(before, totals(SECOND, Map.of()), 0, 0, false);

        assertThat(of(Series.REQUEST_P50, row)).isBetween(0.5, 1.0);
        assertThat(of(Series.REQUEST_P99, row)).isEqualTo(15);
        assertThat(of(Series.SERVER_P99, row)).isEqualTo(15);
    }

    @Test
    void whatTookLongerThanEveryBucketIsToldAsTheLastBound() {
        Totals before = totals(0, Map.of());
        loop.count(TimedCommand.GET, 60 * SECOND);

        double[] row = Samples.between(before, totals(SECOND, Map.of()), 0, 0, false);

        assertThat(of(Series.REQUEST_P50, row)).isEqualTo(10_000);
    }

    @Test
    void withoutRequestsOrWhenAServerLeftWithItsCountsThereIsNoLatency() {
        loop.count(TimedCommand.GET, MILLI);
        Totals before = totals(0, Map.of());
        Totals after = totals(SECOND, Map.of());
        Totals left = Totals.of(SECOND, ProxyTotals.NONE, List.of());

        assertThat(of(Series.REQUEST_P99, Samples.between(before, after, 0, 0, false)))
                .isNaN();
        assertThat(of(Series.SERVER_P99, Samples.between(before, left, 0, 0, false)))
                .isNaN();
    }
}
