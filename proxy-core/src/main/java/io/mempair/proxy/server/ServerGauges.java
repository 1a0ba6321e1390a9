package io.mempair.proxy.server;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.server.ProxyHealth.ServerTier;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The meters that exist once a server, which come and go with the servers. Any thread. */
final class ServerGauges {

    /** One meter of each server. */
    private record GaugeKind(String name, String description, ToDoubleFunction<ServerState> value) {}

    private static final List<GaugeKind> KINDS = List.of(
            new GaugeKind("up", "1 if every loop is connected to the server", state -> state.up() ? 1 : 0),
            new GaugeKind(
                    "out",
                    "1 if the server missed writes and clients are not served from it",
                    state -> state.replica().status() == ReplicaStatus.OUT ? 1 : 0),
            new GaugeKind(
                    "refilling",
                    "1 if the server may lack what the other copies have",
                    state -> state.replica().status() == ReplicaStatus.REFILLING ? 1 : 0),
            new GaugeKind(
                    "journal.keys",
                    "Keys the server missed; -1 if there were too many and it will be flushed",
                    state -> state.replica().journaledKeys()),
            new GaugeKind(
                    "journal.bytes",
                    "Memory of the keys the server missed",
                    state -> state.replica().journaledBytes()));

    private record Bound(GaugeKind kind, MultiGauge gauge) {}

    private final List<Bound> bound = new ArrayList<>();

    /** Registers the gauges for each server of {@code setup}. */
    synchronized void bindTo(MeterRegistry registry, Setup setup) {
        for (GaugeKind kind : KINDS) {
            MultiGauge gauge = MultiGauge.builder("mempair.proxy.server." + kind.name())
                    .description(kind.description())
                    .register(registry);
            bound.add(new Bound(kind, gauge));
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
            rows.add(MultiGauge.Row.of(tags, server, one.kind().value()));
        }
        one.gauge().register(rows, true);
    }
}
