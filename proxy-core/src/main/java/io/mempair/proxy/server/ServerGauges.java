package io.mempair.proxy.server;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.server.ProxyHealth.ServerTier;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;

/** Registers each {@link ServerGauge} for each server, as the servers come and go. Any thread. */
final class ServerGauges {

    private record Bound(ServerGauge gauge, MultiGauge rows) {}

    private final List<Bound> bound = new ArrayList<>();

    /** Registers the gauges for each server of {@code setup}. */
    synchronized void bindTo(MeterRegistry registry, Setup setup) {
        for (ServerGauge gauge : ServerGauge.values()) {
            MultiGauge rows = MultiGauge.builder(gauge.meterName())
                    .description(gauge.meaning())
                    .register(registry);
            bound.add(new Bound(gauge, rows));
        }
        show(setup);
    }

    /** Shows the servers of {@code setup} and no others. */
    synchronized void show(Setup setup) {
        bound.forEach(one -> show(one, setup));
    }

    private static void show(Bound one, Setup setup) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        for (ServerState server : setup.servers()) {
            Tags tags = Tags.of(
                    "server",
                    server.address().toString(),
                    "tier",
                    setup.tierOf(server) == ServerTier.PRIMARY ? "primary" : "backup");
            rows.add(MultiGauge.Row.of(tags, server, one.gauge().value()));
        }
        one.rows().register(rows, true);
    }
}
