package io.mempair.proxy.server;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.server.ProxyHealth.Tier;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;

/** The meters that exist once a server, which come and go with the servers. Any thread. */
final class ServerGauges {

    private final List<MultiGauge> bound = new ArrayList<>();

    /** Registers a gauge for each server of {@code setup}. */
    synchronized void bindTo(MeterRegistry registry, Setup setup) {
        MultiGauge gauge = MultiGauge.builder("mempair.proxy.server.up")
                .description("1 if every loop is connected to the server")
                .register(registry);
        bound.add(gauge);
        show(gauge, setup);
    }

    /** Shows the servers of {@code setup} and no others. */
    synchronized void show(Setup setup) {
        bound.forEach(gauge -> show(gauge, setup));
    }

    private static void show(MultiGauge gauge, Setup setup) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        for (ServerState server : setup.servers()) {
            Tags tags = Tags.of(
                    "server",
                    server.address().toString(),
                    "tier",
                    setup.tierOf(server) == Tier.PRIMARY ? "primary" : "backup");
            rows.add(MultiGauge.Row.of(tags, server, state -> state.up() ? 1 : 0));
        }
        gauge.register(rows, true);
    }
}
