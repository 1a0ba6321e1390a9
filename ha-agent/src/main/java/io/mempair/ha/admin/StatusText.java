package io.mempair.ha.admin;

import io.mempair.ha.agent.NodeFacts;
import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.agent.NodeStatus.MemberKind;
import io.mempair.ha.check.Checks;
import io.mempair.ha.election.Departure;
import io.mempair.ha.election.Role;
import io.mempair.ha.group.MemberSummary;
import io.mempair.ha.handover.HandoverAbility;
import io.mempair.ha.handover.HandoverOutlook;
import io.mempair.proxy.replication.RefillProgress;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.server.ProxyHealth;
import io.mempair.proxy.transfer.RebalanceProgress;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A node's status as JSON for programs, and words for people. */
final class StatusText {

    private StatusText() {}

    /** @param facts  of the same member */
    static String json(NodeStatus status, NodeFacts facts) {
        var json = new JsonWriter()
                .beginObject()
                .field("name", status.name())
                .field("role", status.kind() == MemberKind.PROXY ? null : lower(status.role()))
                .field("epoch", status.epoch())
                .field("active_node", status.activeNode())
                .field("reason", status.reason())
                .field("since_ms", status.sinceMillis())
                .field("holds_address", status.holdsAddress())
                .field("serves", status.serves())
                .beginArray("addresses");
        facts.addresses().forEach(json::element);
        json.endArray()
                .field("interface", facts.addresses().isEmpty() ? null : facts.interfaceName())
                .beginArray("peers");
        for (NodeStatus.PeerStatus peer : status.peers()) {
            json.beginObject()
                    .field("name", peer.name())
                    .field("role", lower(peer.role()))
                    .field("priority", peer.priority())
                    .field("alive", peer.alive())
                    .field("heard_ms", peer.heardMillis())
                    .field("departure", peer.departure() == Departure.NONE ? null : lower(peer.departure()))
                    .field("places_otherwise", peer.placesOtherwise());
            MemberSummary summary = presentSummary(peer);
            if (summary == null) {
                json.field("summary", null);
            } else {
                summary(json, summary);
            }
            json.endObject();
        }
        json.endArray();
        summary(json, status.summary());
        Verdict verdict = Verdict.of(status);
        json.field("kind", lower(status.kind()))
                .name("verdict")
                .beginObject()
                .field("level", lower(verdict.level()))
                .field("text", verdict.text())
                .endObject();
        handover(json, status);
        fitness(json, status.fitness());
        proxy(json, status);
        reload(json, status.reload());
        return json.endObject().toString();
    }

    /** What a peer says of itself; null if it is gone, as what it said last, an address it held for example, is past. */
    static @Nullable MemberSummary presentSummary(NodeStatus.PeerStatus peer) {
        return peer.alive() ? peer.summary() : null;
    }

    private static void summary(JsonWriter json, MemberSummary summary) {
        json.name("summary")
                .beginObject()
                .field("version", summary.version())
                .field("up_s", summary.upSeconds())
                .field("holds_address", summary.holdsAddress())
                .field("open", summary.open())
                .field("maintenance", summary.maintenance())
                .field("clients", summary.clients())
                .field("servers", summary.servers())
                .field("servers_up", summary.serversUp())
                .field("servers_out", summary.serversOut())
                .field("requests_per_second", summary.requestsPerSecond())
                .field("configuration", summary.fingerprint())
                .field("http", summary.http())
                .field("handover", lower(summary.handover()))
                .endObject();
    }

    private static void handover(JsonWriter json, NodeStatus status) {
        if (status.kind() != MemberKind.NODE) {
            json.field("handover", null);
            return;
        }
        HandoverOutlook outlook = handover(status);
        json.name("handover")
                .beginObject()
                .field("possible", outlook.possible())
                .field("text", outlook.text())
                .endObject();
    }

    /** Whether the next planned change would keep the clients' connections. */
    static HandoverOutlook handover(NodeStatus status) {
        HandoverOutlook.HandoverPeer peer = status.peers().stream()
                .filter(other -> other.role() != Role.WITNESS && presentSummary(other) != null)
                .map(StatusText::handoverPeer)
                .findFirst()
                .orElse(null);
        return HandoverOutlook.of(status.summary().handover(), null, peer);
    }

    private static HandoverOutlook.HandoverPeer handoverPeer(NodeStatus.PeerStatus peer) {
        MemberSummary summary = peer.summary();
        return new HandoverOutlook.HandoverPeer(
                peer.name(), summary == null ? HandoverAbility.UNSAID : summary.handover());
    }

    private static void fitness(JsonWriter json, NodeStatus.FitnessStatus fitness) {
        json.field("maintenance", fitness.maintenance()).beginArray("checks");
        for (Checks.CheckStatus check : fitness.checks()) {
            json.beginObject()
                    .field("name", check.name())
                    .field("good", check.good())
                    .field("outcome", check.outcome())
                    .endObject();
        }
        json.endArray().beginArray("warnings");
        fitness.warnings().forEach(json::element);
        json.endArray();
    }

    private static void proxy(JsonWriter json, NodeStatus status) {
        ProxyHealth proxy = status.proxy();
        json.name("proxy")
                .beginObject()
                .field("transport", proxy.transport())
                .field("open", proxy.open())
                .field("clients", proxy.clients())
                .field("loop_stall_ms", Duration.ofNanos(proxy.loopStallNanos()).toMillis())
                .beginArray("servers");
        for (ProxyHealth.ServerStatus server : proxy.servers()) {
            ReplicaStatus replica = status.replicaStatusOf(server);
            json.beginObject()
                    .field("address", server.address().toString())
                    .field("tier", lower(server.tier()))
                    .field("up", server.up())
                    .field("replica_status", replica == null ? null : lower(replica))
                    .field("missed_keys", server.missed());
            refill(json, server.refill());
            json.field("failure", server.failure()).endObject();
        }
        json.endArray();
        memory(json, proxy.memory());
        rebalance(json, proxy.rebalance());
        json.endObject();
    }

    private static void rebalance(JsonWriter json, @Nullable RebalanceProgress rebalance) {
        if (rebalance == null) {
            json.field("rebalance", null);
            return;
        }
        json.name("rebalance")
                .beginObject()
                .field("number", rebalance.number())
                .field("phase", rebalance.phase().toString())
                .field("over", rebalance.phase().isOver())
                .field("round", rebalance.round())
                .field("movement", rebalance.movement())
                .field("expected_keys", rebalance.expected())
                .field("visited_keys", rebalance.visited())
                .field("copied", rebalance.copied())
                .field("deleted", rebalance.deleted())
                .field("unfit", rebalance.unfit())
                .field("evicted", rebalance.evicted())
                .field("late", rebalance.late())
                .field("doubtful", rebalance.doubtful())
                .field("seconds", rebalance.seconds())
                .field("seconds_left", rebalance.secondsLeft())
                .field("reason", rebalance.reason())
                .endObject();
    }

    private static void memory(JsonWriter json, ProxyHealth.Memory memory) {
        json.name("memory")
                .beginObject()
                .field("held_bytes", memory.heldBytes())
                .field("limit_bytes", memory.limitBytes())
                .field("allocated_bytes", memory.allocatedBytes())
                .field("allocated_limit_bytes", memory.maxAllocatedBytes())
                .field("heap_bytes", memory.heapBytes())
                .field("heap_limit_bytes", memory.maxHeapBytes())
                .field("short", memory.isShort())
                .field("clients_closed", memory.closed())
                .name("held")
                .beginObject();
        for (ProxyHealth.MemoryHeld held : memory.held()) {
            json.field(held.use(), held.bytes());
        }
        json.endObject().endObject();
    }

    private static void refill(JsonWriter json, @Nullable RefillProgress refill) {
        if (refill == null) {
            json.field("refill", null);
            return;
        }
        json.name("refill")
                .beginObject()
                .field("seen", refill.seen())
                .field("copied", refill.copied())
                .field("total", refill.total())
                .endObject();
    }

    private static void reload(JsonWriter json, NodeStatus.@Nullable Reload reload) {
        if (reload == null) {
            json.field("reload", null);
            return;
        }
        json.name("reload")
                .beginObject()
                .field("ago_ms", reload.agoMillis())
                .field("applied", reload.applied())
                .field("outcome", reload.outcome())
                .endObject();
    }

    /** What clients hold of what they may, and what came of it. */
    static String memory(ProxyHealth.Memory memory) {
        return "of " + megabytes(memory.limitBytes()) + " held by clients" + (memory.isShort() ? ", SHORT" : "")
                + (memory.closed() > 0 ? ", " + memory.closed() + " closed for it" : "");
    }

    static String megabytes(long bytes) {
        return (bytes >> 20) + " MB";
    }

    static String outcome(NodeStatus.Reload reload) {
        return (reload.applied() ? "" : "REFUSED ") + reload.outcome();
    }

    /** The role for a person: a node that the operator took out has no fault, and a proxy alone has no role. */
    static String roleOf(NodeStatus status) {
        if (status.kind() == MemberKind.PROXY) {
            return status.serves() ? "serving" : "not serving";
        }
        boolean takenOut = status.fitness().maintenance() && status.role() == Role.FAULT;
        return takenOut ? "in maintenance" : lower(status.role());
    }

    /** When another member was heard last, as in {@code heard 42 ms ago}; loud if it should be heard. */
    static String seen(NodeStatus.PeerStatus peer) {
        String ago = seconds(peer.heardMillis()) + " ago";
        return switch (peer.departure()) {
            case STOPPED -> ago;
            case DIED -> "DIED, heard " + ago;
            case NONE -> (peer.alive() ? "heard " : "SILENT, heard ") + ago;
        };
    }

    /** The same of another member, which tells itself whether it was taken out. */
    static String roleOf(NodeStatus.PeerStatus peer) {
        if (peer.departure() != Departure.NONE) {
            return lower(peer.departure());
        }
        MemberSummary summary = peer.summary();
        boolean takenOut = summary != null && summary.maintenance() && peer.role() == Role.FAULT;
        return takenOut ? "in maintenance" : lower(peer.role());
    }

    /** Why it is in its role, for a person: of an active node why it took over, which need not be so any more. */
    static String because(NodeStatus status) {
        boolean tookOver = status.kind() == MemberKind.NODE && status.role() == Role.ACTIVE;
        return tookOver ? "took over because " + status.reason() : status.reason();
    }

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static String seconds(long millis) {
        return millis < 10_000 ? millis + " ms" : millis / 1_000 + " s";
    }
}
