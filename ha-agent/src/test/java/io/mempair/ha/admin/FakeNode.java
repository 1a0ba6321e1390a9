package io.mempair.ha.admin;

import io.mempair.ha.agent.Node;
import io.mempair.ha.agent.NodeFacts;
import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.agent.TakeOver;
import io.mempair.ha.check.Checks;
import io.mempair.ha.config.CertificateEnd;
import io.mempair.ha.election.Departure;
import io.mempair.ha.election.Role;
import io.mempair.ha.group.MemberSummary;
import io.mempair.ha.history.HistoryRecord;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.inspect.RequestInspection;
import io.mempair.proxy.rebalance.RebalancePhase;
import io.mempair.proxy.replication.RefillProgress;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerIdentity;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.replication.ServerKnowledge.Known;
import io.mempair.proxy.server.ProxyHealth;
import io.mempair.proxy.server.ProxyHealth.ServerStatus;
import io.mempair.proxy.server.ProxyHealth.ServerTier;
import io.mempair.proxy.server.ProxyTotals;
import io.mempair.proxy.server.ServerLatency;
import io.mempair.proxy.transfer.RebalanceProgress;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A node that is what the test says. */
public final class FakeNode implements Node {

    public static final MemberSummary SUMMARY =
            new MemberSummary("1.2.3", 12, true, true, false, 3, 2, 2, 0, 1_500, 0x0abcdef012345678L, "10.0.0.1:9411");

    public volatile NodeStatus status = status(Role.STANDBY, false, false, "fit");
    volatile long silenceNanos;
    volatile List<String> ailments = List.of();
    public volatile TakeOver takeOver = TakeOver.never("a never serves");
    public volatile List<HistoryRecord> history = List.of();
    public volatile RequestInspection inspection = RequestInspection.NONE;
    public volatile PoolConfig pool;
    volatile List<CertificateEnd> certificates =
            List.of(new CertificateEnd("group.tls-ca", "CN=mempair authority", 4_000));
    volatile List<ServerLatency> latencies = List.of();
    volatile NodeFacts facts = new NodeFacts(List.of("10.0.0.100/24"), "eth0", null);
    volatile ProxyTotals totals = ProxyTotals.NONE;
    final CompletableFuture<Void> ended = new CompletableFuture<>();
    volatile CompletionStage<String> reload = CompletableFuture.completedFuture("nothing changed");
    volatile CompletionStage<String> switchover = CompletableFuture.completedFuture("b is active");
    public volatile Supplier<CompletionStage<String>> switchoverToThis =
            () -> CompletableFuture.completedFuture("a is active");

    public static NodeStatus status(Role role, boolean holdsAddress, boolean open, String reason) {
        return status(role, holdsAddress, open, reason, null);
    }

    /** A standby in front of two copies whose servers stand so. */
    public static NodeStatus standby(ReplicaStatus ofPrimary, ReplicaStatus ofBackup) {
        return status(
                Role.STANDBY,
                false,
                false,
                "fit",
                null,
                List.of(
                        new ServerStatus(
                                new ServerAddress("m1", 11211),
                                ServerTier.PRIMARY,
                                true,
                                12,
                                new RefillProgress(3, 2, 5),
                                null),
                        new ServerStatus(new ServerAddress("m1", 11211), ServerTier.BACKUP, true)),
                new ServerKnowledge(
                        1,
                        List.of(
                                new Known("m1:11211", true, ofBackup, ServerIdentity.UNKNOWN),
                                new Known("m1:11211", false, ofPrimary, ServerIdentity.UNKNOWN))));
    }

    /** A standby whose only server is down. */
    public static NodeStatus withServerDown(String failure) {
        List<ServerStatus> servers =
                List.of(new ServerStatus(new ServerAddress("m1", 11211), ServerTier.PRIMARY, false, 0, null, failure));
        return status(Role.STANDBY, false, false, "fit", null, servers, ServerKnowledge.NONE);
    }

    /** An active node beside this one. */
    public static NodeStatus withPeer(NodeStatus.PeerStatus peer) {
        return withPeer(peer, SUMMARY);
    }

    static NodeStatus withPeer(NodeStatus.PeerStatus peer, MemberSummary own) {
        NodeStatus alone = proxyAlone();
        return new NodeStatus(
                NodeStatus.MemberKind.NODE,
                "a",
                Role.ACTIVE,
                7,
                "a",
                "nobody was active",
                12_345,
                true,
                List.of(peer),
                alone.proxy(),
                alone.knowledge(),
                null,
                NodeStatus.FitnessStatus.PLAIN,
                own);
    }

    /** The third member of a pair. */
    public static NodeStatus witness() {
        return new NodeStatus(
                NodeStatus.MemberKind.WITNESS,
                "w",
                Role.WITNESS,
                7,
                "a",
                "started",
                12_345,
                false,
                List.of(new NodeStatus.PeerStatus("a", Role.ACTIVE, 100, true, 42, false)),
                new ProxyHealth("none", false, 0, 0, List.of()),
                ServerKnowledge.NONE,
                null,
                NodeStatus.FitnessStatus.PLAIN,
                MemberSummary.plain("1.2.3", 12, "10.0.0.13:9411"));
    }

    /** A proxy without a pair. */
    public static NodeStatus proxyAlone() {
        return new NodeStatus(
                NodeStatus.MemberKind.PROXY,
                "proxy",
                Role.ACTIVE,
                0,
                null,
                "serves alone",
                12_345,
                false,
                List.of(),
                new ProxyHealth("epoll", true, 3, 2_000_000, List.of()),
                ServerKnowledge.NONE,
                null,
                NodeStatus.FitnessStatus.PLAIN,
                SUMMARY);
    }

    /** A proxy alone whose servers are changed. */
    public static NodeStatus rebalancing(RebalancePhase phase) {
        NodeStatus alone = proxyAlone();
        RebalanceProgress progress = new RebalanceProgress(
                3, phase, 2, "[m1] -> [m1, m2]", 700, 1_000, 480, 612, 5, 4, 3, 2, 1, 61, 65, "the <reason>");
        return new NodeStatus(
                alone.kind(),
                alone.name(),
                alone.role(),
                0,
                null,
                alone.reason(),
                alone.sinceMillis(),
                false,
                List.of(),
                new ProxyHealth("epoll", true, 3, 2_000_000, List.of(), List.of(), ProxyHealth.Memory.NONE, progress),
                ServerKnowledge.NONE,
                null,
                NodeStatus.FitnessStatus.PLAIN,
                SUMMARY);
    }

    public static NodeStatus status(
            Role role, boolean holdsAddress, boolean open, String reason, NodeStatus.Reload reload) {
        List<ServerStatus> servers =
                List.of(new ServerStatus(new ServerAddress("m1", 11211), ServerTier.PRIMARY, true));
        return status(role, holdsAddress, open, reason, reload, servers, ServerKnowledge.NONE);
    }

    private static NodeStatus status(
            Role role,
            boolean holdsAddress,
            boolean open,
            String reason,
            NodeStatus.Reload reload,
            List<ServerStatus> servers,
            ServerKnowledge knowledge) {
        return new NodeStatus(
                NodeStatus.MemberKind.NODE,
                "a",
                role,
                7,
                null,
                reason,
                12_345,
                holdsAddress,
                List.of(new NodeStatus.PeerStatus(
                        "b", Role.ACTIVE, 100, true, 42, false, null, 1_500_000L, Departure.NONE)),
                new ProxyHealth("epoll", open, 3, 2_000_000, servers),
                knowledge,
                reload,
                new NodeStatus.FitnessStatus(
                        reason.contains("maintenance"),
                        List.of(new Checks.CheckStatus("disk", false, "exit code 1")),
                        List.of("address conflict: another \"host\"")),
                SUMMARY);
    }

    @Override
    public void start() {}

    @Override
    public NodeStatus status() {
        NodeStatus now = status;
        ProxyHealth proxy = now.proxy();
        return new NodeStatus(
                now.kind(),
                now.name(),
                now.role(),
                now.epoch(),
                now.activeNode(),
                now.reason(),
                now.sinceMillis(),
                now.holdsAddress(),
                now.peers(),
                new ProxyHealth(
                        proxy.transport(),
                        proxy.open(),
                        proxy.clients(),
                        proxy.loopStallNanos(),
                        proxy.servers(),
                        ailments,
                        proxy.memory(),
                        proxy.rebalance()),
                now.knowledge(),
                now.reload(),
                now.fitness(),
                now.summary());
    }

    @Override
    public CompletionStage<String> switchover() {
        return switchover;
    }

    @Override
    public CompletionStage<String> switchoverToThis() {
        return switchoverToThis.get();
    }

    @Override
    public CompletionStage<String> standby() {
        return CompletableFuture.completedFuture("in maintenance");
    }

    @Override
    public CompletionStage<String> online() {
        return CompletableFuture.failedFuture(new IllegalStateException("this node stops"));
    }

    @Override
    public CompletionStage<String> reload() {
        return reload;
    }

    @Override
    public CompletionStage<String> previewReload() {
        return CompletableFuture.completedFuture("a reload would apply: nothing changed");
    }

    @Override
    public CompletionStage<Void> stop() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> ended() {
        return ended;
    }

    @Override
    public long silenceNanos() {
        return silenceNanos;
    }

    @Override
    public TakeOver takeOver() {
        return takeOver;
    }

    @Override
    public List<HistoryRecord> history() {
        return history;
    }

    @Override
    public List<ServerLatency> latencies() {
        return latencies;
    }

    @Override
    public NodeFacts facts() {
        return facts;
    }

    @Override
    public RequestInspection inspection() {
        return inspection;
    }

    @Override
    public Optional<PoolConfig> pool() {
        return Optional.ofNullable(pool);
    }

    @Override
    public List<CertificateEnd> certificates() {
        return certificates;
    }

    @Override
    public ProxyTotals totals() {
        return totals;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        registry.gauge("mempair.epoch", this, node -> node.status.epoch());
    }
}
