package io.mempair.ha.admin.page;

import io.mempair.proxy.metrics.ProxyMeter;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Makes one sample of the {@link Series} of two looks at what has been counted, and of the state now. Pure. */
public final class Samples {

    private static final double NANOS_PER_SECOND = 1e9;

    /** Curves that are the rise of counters, a second. */
    private static final Map<Series, List<ProxyMeter>> RATES = new EnumMap<>(Map.ofEntries(
            Map.entry(Series.GET, List.of(ProxyMeter.COMMANDS_GET)),
            Map.entry(Series.SET, List.of(ProxyMeter.COMMANDS_SET)),
            Map.entry(Series.TOUCH, List.of(ProxyMeter.COMMANDS_TOUCH)),
            Map.entry(Series.DELETE, List.of(ProxyMeter.COMMANDS_DELETE)),
            Map.entry(Series.ARITHMETIC, List.of(ProxyMeter.COMMANDS_ARITHMETIC)),
            Map.entry(Series.OTHER, List.of(ProxyMeter.COMMANDS_OTHER)),
            Map.entry(Series.HITS, List.of(ProxyMeter.KEYS_HIT)),
            Map.entry(Series.MISSES, List.of(ProxyMeter.KEYS_MISSED)),
            Map.entry(Series.FAILED, List.of(ProxyMeter.KEYS_FAILED)),
            Map.entry(Series.ERRORS, List.of(ProxyMeter.CLIENT_ERRORS, ProxyMeter.SERVER_ERRORS)),
            Map.entry(Series.BYTES_IN, List.of(ProxyMeter.CLIENT_BYTES_IN)),
            Map.entry(Series.BYTES_OUT, List.of(ProxyMeter.CLIENT_BYTES_OUT))));

    private Samples() {}

    /**
     * What happened between two looks, and how it is at the second.
     *
     * @param clients      connections now
     * @param serversDown  servers that are not up now
     * @param serves       whether this node serves now
     */
    public static double[] between(Totals before, Totals after, int clients, int serversDown, boolean serves) {
        double seconds = (after.atNanos() - before.atNanos()) / NANOS_PER_SECOND;
        double[] row = new double[Series.values().length];
        Arrays.fill(row, Double.NaN);
        RATES.forEach((series, meters) -> put(
                row,
                series,
                meters.stream()
                                .mapToLong(meter -> after.counted().of(meter)
                                        - before.counted().of(meter))
                                .sum()
                        / seconds));
        put(row, Series.CLIENTS, clients);
        put(row, Series.REQUEST_P50, Quantile.millis(before.requests(), after.requests(), 0.5));
        put(row, Series.REQUEST_P99, Quantile.millis(before.requests(), after.requests(), 0.99));
        put(row, Series.SERVER_P50, Quantile.millis(before.servers(), after.servers(), 0.5));
        put(row, Series.SERVER_P99, Quantile.millis(before.servers(), after.servers(), 0.99));
        put(row, Series.SERVERS_DOWN, serversDown);
        put(row, Series.SERVES, serves ? 1 : 0);
        return row;
    }

    @SuppressWarnings("EnumOrdinal") // a place in one array, never stored or sent
    private static void put(double[] row, Series series, double value) {
        row[series.ordinal()] = value;
    }
}
