package io.mempair.ha.admin;

import io.mempair.ha.admin.Table.TableRow;
import io.mempair.ha.admin.Table.Tone;
import io.mempair.ha.agent.NodeFacts;
import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.agent.NodeStatus.MemberKind;
import io.mempair.ha.agent.NodeStatus.PeerStatus;
import io.mempair.ha.agent.TakeOver;
import io.mempair.ha.check.Checks;
import io.mempair.ha.election.Departure;
import io.mempair.ha.group.MemberSummary;
import io.mempair.ha.handover.HandoverOutlook;
import io.mempair.proxy.rebalance.RebalancePhase;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.server.ProxyHealth;
import io.mempair.proxy.transfer.RebalanceProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A node's status for people: the verdict, the members of the pair, and what this one knows. Pure. */
final class StatusTables {

    private static final String NOTHING = "-";

    private StatusTables() {}

    /** @param facts  of the same member */
    static List<Table> of(NodeStatus status, NodeFacts facts) {
        List<Table> tables = new ArrayList<>();
        tables.add(verdict(Verdict.of(status)));
        if (status.kind() != MemberKind.PROXY) {
            tables.add(members(status));
        }
        tables.add(details(status, facts));
        return tables;
    }

    static Table verdict(Verdict verdict) {
        Tone tone = switch (verdict.level()) {
            case FINE -> Tone.GOOD;
            case DEGRADED -> Tone.WARNING;
            case CRITICAL, UNKNOWN -> Tone.BAD;
        };
        String word = verdict.level().name().toLowerCase(Locale.ROOT);
        return new Table(List.of(TableRow.of(tone, word + ": " + verdict.text())));
    }

    /** What would have to be true for a member to take over; the tone of the first row says whether all of it is. */
    static List<Table> of(TakeOver takeOver) {
        List<TableRow> rows = new ArrayList<>();
        for (TakeOver.Condition condition : takeOver.conditions()) {
            rows.add(TableRow.of(
                    condition.holds() ? Tone.PLAIN : Tone.WARNING,
                    condition.holds() ? "yes" : "NO",
                    condition.what(),
                    condition.now()));
        }
        Table summary =
                new Table(List.of(TableRow.of(takeOver.ready() ? Tone.GOOD : Tone.WARNING, takeOver.summary())));
        return rows.isEmpty() ? List.of(summary) : List.of(summary, new Table(rows));
    }

    private static Table members(NodeStatus status) {
        List<TableRow> rows = new ArrayList<>();
        rows.add(TableRow.of(
                Tone.HEADING,
                "node",
                "role",
                "seen",
                "address",
                "servers up",
                "clients",
                "requests/s",
                "version",
                "configuration"));
        rows.add(member(
                Tone.PLAIN,
                status.name() + " (this one)",
                StatusText.roleOf(status),
                "for " + StatusText.seconds(status.sinceMillis()),
                status.kind(),
                status.summary()));
        for (PeerStatus peer : status.peers()) {
            rows.add(member(
                    tone(peer),
                    peer.name(),
                    StatusText.roleOf(peer),
                    StatusText.seen(peer),
                    peer.role() == io.mempair.ha.election.Role.WITNESS ? MemberKind.WITNESS : MemberKind.NODE,
                    StatusText.presentSummary(peer)));
        }
        return new Table(rows);
    }

    /** Who was stopped is missed, and nothing is wrong with it. */
    private static Tone tone(PeerStatus peer) {
        if (peer.departure() == Departure.STOPPED) {
            return Tone.WARNING;
        }
        return peer.alive() && !peer.placesOtherwise() ? Tone.PLAIN : Tone.BAD;
    }

    private static TableRow member(
            Tone tone, String name, String role, String seen, MemberKind kind, @Nullable MemberSummary summary) {
        if (summary == null) {
            return TableRow.of(tone, name, role, seen);
        }
        if (kind == MemberKind.WITNESS) {
            return TableRow.of(tone, name, role, seen, NOTHING, NOTHING, NOTHING, NOTHING, summary.version());
        }
        String out = summary.serversOut() == 0 ? "" : ", " + summary.serversOut() + " OUT";
        return TableRow.of(
                tone,
                name,
                role,
                seen,
                summary.holdsAddress() ? "held" : NOTHING,
                summary.serversUp() + " of " + summary.servers() + out,
                String.valueOf(summary.clients()),
                String.valueOf(summary.requestsPerSecond()),
                summary.version(),
                summary.fingerprint());
    }

    private static Table details(NodeStatus status, NodeFacts facts) {
        List<TableRow> rows = new ArrayList<>();
        aboutSelf(rows, status, facts);
        for (PeerStatus peer : status.peers()) {
            differences(rows, status, peer);
        }
        for (Checks.CheckStatus check : status.fitness().checks()) {
            rows.add(TableRow.of(
                    check.good() ? Tone.PLAIN : Tone.BAD,
                    "check",
                    check.name(),
                    (check.good() ? "good, " : "BAD, ") + check.outcome()));
        }
        for (String warning : status.fitness().warnings()) {
            rows.add(TableRow.of(Tone.WARNING, "warning", "", warning));
        }
        if (status.kind() != MemberKind.WITNESS) {
            servers(rows, status);
            aboutProxy(rows, status);
        }
        rebalance(rows, status.proxy().rebalance());
        NodeStatus.Reload reload = status.reload();
        if (reload != null) {
            rows.add(TableRow.of(
                    reload.applied() ? Tone.PLAIN : Tone.WARNING,
                    "reload",
                    StatusText.seconds(reload.agoMillis()) + " ago",
                    StatusText.outcome(reload)));
        }
        return new Table(rows);
    }

    /** Loud while it is under way, and if it was given up. */
    private static void rebalance(List<TableRow> rows, @Nullable RebalanceProgress rebalance) {
        if (rebalance != null) {
            rows.add(TableRow.of(
                    rebalance.phase() == RebalancePhase.DONE ? Tone.PLAIN : Tone.WARNING,
                    "rebalance",
                    rebalance.summary(),
                    rebalance.movement() + ": " + rebalance.reason()));
        }
    }

    private static void aboutSelf(List<TableRow> rows, NodeStatus status, NodeFacts facts) {
        String port = "port " + (status.proxy().open() ? "open" : "closed");
        switch (status.kind()) {
            case PROXY ->
                rows.add(TableRow.of(
                        Tone.PLAIN,
                        "proxy",
                        status.reason(),
                        port + ", up for " + StatusText.seconds(status.sinceMillis())));
            case WITNESS ->
                rows.add(TableRow.of(
                        Tone.PLAIN, "epoch", String.valueOf(status.epoch()), "active node: " + active(status)));
            case NODE -> {
                rows.add(TableRow.of(Tone.PLAIN, "reason", "", StatusText.because(status)));
                String held =
                        "on " + facts.interfaceName() + ", " + (status.holdsAddress() ? "held here" : "not held here");
                facts.addresses().forEach(address -> rows.add(TableRow.of(Tone.PLAIN, "address", address, held)));
                String address = (status.holdsAddress() ? "holds" : "does not hold") + " the virtual address, " + port;
                rows.add(TableRow.of(
                        Tone.PLAIN,
                        "epoch",
                        String.valueOf(status.epoch()),
                        "active node: " + active(status) + "; " + address));
                HandoverOutlook handover = StatusText.handover(status);
                rows.add(TableRow.of(
                        handover.wanted() && !handover.possible() ? Tone.WARNING : Tone.PLAIN,
                        "hand-over",
                        "",
                        handover.text()));
            }
        }
        if (status.fitness().maintenance()) {
            rows.add(TableRow.of(Tone.WARNING, "operator", "", "IN MAINTENANCE until `mempair online`"));
        }
    }

    private static String active(NodeStatus status) {
        return status.activeNode() == null ? "none" : status.activeNode();
    }

    private static void differences(List<TableRow> rows, NodeStatus status, PeerStatus peer) {
        if (peer.placesOtherwise()) {
            rows.add(TableRow.of(
                    Tone.BAD,
                    "peer",
                    peer.name(),
                    "PLACES KEYS OTHERWISE than this node: compare servers, backups and distribution"));
        }
        MemberSummary theirs = peer.summary();
        if (theirs == null) {
            return;
        }
        MemberSummary own = status.summary();
        if (!theirs.version().equals(own.version())) {
            rows.add(TableRow.of(
                    Tone.WARNING,
                    "peer",
                    peer.name(),
                    "runs version " + theirs.version() + ", this one " + own.version()));
        }
        boolean known = theirs.configuration() != 0 && own.configuration() != 0;
        if (known && theirs.configuration() != own.configuration()) {
            rows.add(TableRow.of(
                    Tone.WARNING,
                    "peer",
                    peer.name(),
                    "is configured otherwise (" + theirs.fingerprint() + ", this one " + own.fingerprint()
                            + "): compare the two files, and reload both"));
        }
    }

    private static void servers(List<TableRow> rows, NodeStatus status) {
        for (ProxyHealth.ServerStatus server : status.proxy().servers()) {
            ReplicaStatus replica = status.replicaStatusOf(server);
            String up = server.up() ? ", up" : ", DOWN";
            String why = server.failure() == null ? "" : ": " + server.failure();
            boolean missing = !server.up() || replica == ReplicaStatus.OUT;
            rows.add(TableRow.of(
                    missing ? Tone.BAD : Tone.PLAIN,
                    "server",
                    server.address().toString(),
                    StatusText.lower(server.tier()) + up + shown(replica) + why));
        }
    }

    /** As in {@code ", OUT"}; loud where something is wrong, nothing where nothing is known. */
    private static String shown(@Nullable ReplicaStatus replica) {
        if (replica == null) {
            return "";
        }
        return ", " + (replica == ReplicaStatus.OUT ? replica.name() : StatusText.lower(replica));
    }

    private static void aboutProxy(List<TableRow> rows, NodeStatus status) {
        ProxyHealth proxy = status.proxy();
        rows.add(TableRow.of(Tone.PLAIN, "clients", String.valueOf(proxy.clients()), "by " + proxy.transport()));
        rows.add(TableRow.of(
                proxy.memory().isShort() ? Tone.WARNING : Tone.PLAIN,
                "memory",
                StatusText.megabytes(proxy.memory().heldBytes()),
                StatusText.memory(proxy.memory())));
    }
}
