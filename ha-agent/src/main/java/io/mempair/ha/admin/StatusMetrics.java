package io.mempair.ha.admin;

import io.mempair.ha.agent.Node;
import io.mempair.ha.agent.NodeFacts;
import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.check.Checks;
import io.mempair.ha.config.CertificateEnd;
import io.mempair.ha.election.Departure;
import io.mempair.ha.election.Role;
import io.mempair.ha.metrics.BuildVersion;
import io.mempair.ha.time.Clock;
import io.mempair.proxy.replication.RefillProgress;
import io.mempair.proxy.server.ProxyHealth.ServerStatus;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@link StatusMeter}s, made of the status of a node at each scrape. Any thread; never waits. */
final class StatusMetrics implements MultiCollector {

    private static final double NANOS_PER_SECOND = 1e9;

    private static final double MILLIS_PER_SECOND = 1e3;

    private final Node node;
    private final Clock clock;

    StatusMetrics(Node node, Clock clock) {
        this.node = node;
        this.clock = clock;
    }

    @Override
    public MetricSnapshots collect() {
        Points points = new Points();
        NodeStatus status = node.status();
        points.add(StatusMeter.BUILD_INFO, true, BuildVersion.number(), System.getProperty("java.version"));
        addRole(points, status);
        NodeFacts facts = node.facts();
        facts.addresses().forEach(address -> points.add(StatusMeter.ADDRESS_INFO, 1, address, facts.interfaceName()));
        long nowMillis = clock.wallMillis();
        addReload(points, status.reload(), nowMillis);
        for (NodeStatus.PeerStatus peer : status.peers()) {
            addPeer(points, peer, nowMillis);
        }
        for (CertificateEnd end : node.certificates()) {
            points.add(StatusMeter.CERTIFICATE_END, (double) end.notAfterSeconds(), end.key(), end.subject());
        }
        status.proxy().servers().forEach(server -> addRefill(points, server));
        addBuffers(points);
        return points.snapshots();
    }

    private static void addRole(Points points, NodeStatus status) {
        if (status.kind() != NodeStatus.MemberKind.PROXY) {
            for (Role role : Role.values()) {
                points.add(StatusMeter.ROLE, role == status.role(), role.name().toLowerCase(Locale.ROOT));
            }
            points.add(StatusMeter.MAINTENANCE, status.fitness().maintenance());
        }
        // only a node can be a spare
        if (status.kind() == NodeStatus.MemberKind.NODE) {
            points.add(StatusMeter.FIT, status.role() != Role.FAULT);
        }
        points.add(StatusMeter.SERVING, status.serves());
        points.add(StatusMeter.WARNINGS, status.fitness().warnings().size());
        for (Checks.CheckStatus check : status.fitness().checks()) {
            points.add(StatusMeter.CHECK_GOOD, check.good(), check.name());
        }
    }

    private static void addPeer(Points points, NodeStatus.PeerStatus peer, long nowMillis) {
        points.add(StatusMeter.PEER_ALIVE, peer.alive(), peer.name());
        points.add(StatusMeter.PEER_STOPPED, peer.departure() == Departure.STOPPED, peer.name());
        points.add(StatusMeter.PEER_LAST_HEARD, (nowMillis - peer.heardMillis()) / MILLIS_PER_SECOND, peer.name());
        Long roundTripNanos = peer.roundTripNanos();
        if (roundTripNanos != null) {
            points.add(StatusMeter.PEER_ROUND_TRIP, roundTripNanos / NANOS_PER_SECOND, peer.name());
        }
    }

    private static void addReload(Points points, NodeStatus.@Nullable Reload reload, long nowMillis) {
        points.add(StatusMeter.RELOAD_SUCCESSFUL, reload == null || reload.applied());
        if (reload != null) {
            // to the second: the age and the time of day are not read at one moment
            points.add(
                    StatusMeter.RELOAD_TIME, (double) Math.round((nowMillis - reload.agoMillis()) / MILLIS_PER_SECOND));
        }
    }

    private static void addRefill(Points points, ServerStatus server) {
        RefillProgress refill = server.refill();
        if (refill != null) {
            String address = server.address().toString();
            String tier = server.tier().name().toLowerCase(Locale.ROOT);
            points.add(StatusMeter.REFILL_KEYS, (double) refill.seen(), address, tier, "seen");
            points.add(StatusMeter.REFILL_KEYS, (double) refill.copied(), address, tier, "copied");
            points.add(StatusMeter.REFILL_KEYS, (double) refill.total(), address, tier, "total");
        }
    }

    private static void addBuffers(Points points) {
        if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider) {
            ByteBufAllocatorMetric buffers = provider.metric();
            points.add(StatusMeter.BUFFER_MEMORY, (double) buffers.usedDirectMemory(), "direct");
            points.add(StatusMeter.BUFFER_MEMORY, (double) buffers.usedHeapMemory(), "heap");
        }
    }

    /** Values of one scrape. */
    private static final class Points {

        private final Map<StatusMeter, List<GaugeDataPointSnapshot>> all = new EnumMap<>(StatusMeter.class);

        void add(StatusMeter meter, boolean is, String... labels) {
            add(meter, is ? 1 : 0, labels);
        }

        void add(StatusMeter meter, double value, String... labels) {
            Labels named = Labels.of(meter.labels().toArray(String[]::new), labels);
            List<GaugeDataPointSnapshot> points = all.computeIfAbsent(meter, first -> new ArrayList<>());
            // two checks may have one name: the lowest value counts
            points.removeIf(point -> point.getLabels().equals(named) && point.getValue() > value);
            if (points.stream().noneMatch(point -> point.getLabels().equals(named))) {
                points.add(GaugeDataPointSnapshot.builder()
                        .labels(named)
                        .value(value)
                        .build());
            }
        }

        MetricSnapshots snapshots() {
            MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
            Arrays.stream(StatusMeter.values())
                    .filter(all::containsKey)
                    .forEach(meter -> snapshots.metricSnapshot(
                            new GaugeSnapshot(new MetricMetadata(meter.metric(), meter.meaning()), all.get(meter))));
            return snapshots.build();
        }
    }
}
