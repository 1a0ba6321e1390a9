package io.mempair.ha.agent;

import io.mempair.ha.check.Checks;
import io.mempair.ha.config.NodeConfig;
import io.mempair.ha.election.Election;
import io.mempair.proxy.server.Proxy;
import io.mempair.proxy.server.ProxyHealth;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Puts together the status of a node of the pair. Any thread; never blocks. */
final class PairStatus {

    private final NodeConfig config;
    private final Proxy proxy;
    private final NodeParts parts;
    private final Reloading reloading;
    private final SummaryExchange summaries;
    private final Supplier<List<String>> handoverWarnings;
    private final Supplier<Election> current;

    /**
     * @param handoverWarnings  why connections cannot be handed over, if they should be; any thread
     * @param current  the election as it is now; any thread
     */
    PairStatus(
            NodeConfig config,
            Proxy proxy,
            NodeParts parts,
            Reloading reloading,
            SummaryExchange summaries,
            Supplier<List<String>> handoverWarnings,
            Supplier<Election> current) {
        this.config = config;
        this.proxy = proxy;
        this.parts = parts;
        this.reloading = reloading;
        this.summaries = summaries;
        this.handoverWarnings = handoverWarnings;
        this.current = current;
    }

    /** The status now. */
    NodeStatus now() {
        Election election = current.get();
        long nowNanos = parts.clock().nanoTime();
        return new NodeStatus(
                NodeStatus.MemberKind.NODE,
                config.name(),
                election.role(),
                election.epoch(),
                election.activeNode(),
                election.reason().text(),
                (nowNanos - election.sinceNanos()) / 1_000_000,
                election.addressSeen(),
                NodeStatus.PeerStatus.of(election, summaries, nowNanos),
                proxy.health(),
                proxy.knowledge(),
                reloading.last(),
                new NodeStatus.FitnessStatus(election.inMaintenance(), checks(election, nowNanos), warnings()),
                summaries.own());
    }

    /** The results of the checks, and the problems found by the election itself. */
    private List<Checks.CheckStatus> checks(Election election, long nowNanos) {
        List<Checks.CheckStatus> all = new ArrayList<>(parts.checks().status());
        all.addAll(NodeStatus.links(parts.group(), election));
        if (election.hearsNamesake(nowNanos)) {
            all.add(new Checks.CheckStatus(
                    "node.name", false, "another node calls itself " + config.name() + ": rename one of the two"));
        }
        return all;
    }

    private List<String> warnings() {
        return Stream.of(
                        parts.address().warnings().stream(),
                        parts.checks().warnings().stream(),
                        handoverWarnings.get().stream(),
                        proxy.health().servers().stream().flatMap(PairStatus::sourceWarning))
                .flatMap(Function.identity())
                .toList();
    }

    private static Stream<String> sourceWarning(ProxyHealth.ServerStatus server) {
        return server.virtualSource() == null
                ? Stream.empty()
                : Stream.of("server " + server.address() + " is connected from the virtual address "
                        + server.virtualSource() + ": no own address of this host leads there, so it is out of reach"
                        + " as a standby. Give this host an address of its own in that network");
    }
}
