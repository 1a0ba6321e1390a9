package io.mempair.ha.agent;

import io.mempair.ha.config.ConfigFingerprint;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.election.Election;
import io.mempair.ha.group.MemberSummary;
import io.mempair.ha.handover.HandoverAbility;
import io.mempair.ha.metrics.BuildVersion;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.server.Proxy;
import io.mempair.proxy.server.ProxyHealth;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Makes the summary of a member that has a proxy; keeps what the rate is counted from. One thread. */
final class SelfLook {

    private static final double SECOND_NANOS = 1e9;

    private final Proxy proxy;
    private final LongSupplier configuration;
    private final String http;
    private final Supplier<HandoverAbility> handover;
    private final long startedNanos;
    private long countedNanos;
    private long counted;
    private int requestsPerSecond;

    /**
     * @param configuration  as in {@link MemberSummary#configuration}
     * @param http           where HTTP answers
     * @param handover       as in {@link MemberSummary#handover}
     */
    private SelfLook(
            Proxy proxy, LongSupplier configuration, String http, Supplier<HandoverAbility> handover, long nowNanos) {
        this.proxy = proxy;
        this.configuration = configuration;
        this.http = http;
        this.handover = handover;
        this.startedNanos = nowNanos;
        this.countedNanos = nowNanos;
    }

    /**
     * That of a node of the pair.
     *
     * @param running   what it runs by, after a reload; any thread
     * @param handover  whether it can hand connections over; any thread
     */
    static SelfLook of(
            NodeConfig config,
            Supplier<NodeConfig> running,
            Proxy proxy,
            Supplier<HandoverAbility> handover,
            long nowNanos) {
        return new SelfLook(
                proxy,
                () -> ConfigFingerprint.of(running.get()),
                config.admin().http().toString(),
                handover,
                nowNanos);
    }

    /** The summary now; the rate is that since the last look. */
    MemberSummary at(long nowNanos, Election election) {
        count(nowNanos);
        ProxyHealth health = proxy.health();
        ServerKnowledge knowledge = proxy.knowledge();
        int servers = health.servers().size();
        long up = health.servers().stream().filter(ProxyHealth.ServerStatus::up).count();
        long out = knowledge.servers().stream()
                .filter(known -> known.status() == ReplicaStatus.OUT)
                .count();
        return new MemberSummary(
                BuildVersion.number(),
                (nowNanos - startedNanos) / 1_000_000_000,
                election.addressSeen(),
                health.open(),
                election.inMaintenance(),
                health.clients(),
                servers,
                (int) up,
                (int) Math.min(out, servers),
                requestsPerSecond,
                configuration.getAsLong(),
                http,
                handover.get());
    }

    private void count(long nowNanos) {
        long passedNanos = nowNanos - countedNanos;
        if (passedNanos <= 0) {
            return;
        }
        long requests = proxy.requests();
        double perSecond = Math.max(0, requests - counted) * SECOND_NANOS / passedNanos;
        requestsPerSecond = (int) Math.min(Integer.MAX_VALUE, Math.round(perSecond));
        counted = requests;
        countedNanos = nowNanos;
    }
}
