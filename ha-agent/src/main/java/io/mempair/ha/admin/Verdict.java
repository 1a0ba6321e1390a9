package io.mempair.ha.admin;

import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.agent.NodeStatus.MemberKind;
import io.mempair.ha.agent.NodeStatus.PeerStatus;
import io.mempair.ha.election.Departure;
import io.mempair.ha.election.Role;
import io.mempair.ha.group.MemberSummary;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.server.ProxyHealth.ServerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with the pair, in one word and one line, as this member sees it. Pure.
 *
 * @param level  how bad it is
 * @param text   for a person
 */
public record Verdict(Level level, String text) {

    /** As monitoring plugins tell it by their exit codes. */
    public enum Level {
        /** Somebody serves, with a spare and all servers. */
        FINE(0),
        /** Somebody serves, but without a spare, or not with all servers. */
        DEGRADED(1),
        /** Nobody serves, or two do. */
        CRITICAL(2),
        /** This member cannot tell. */
        UNKNOWN(3);

        private final int exitCode;

        Level(int exitCode) {
            this.exitCode = exitCode;
        }

        /** Of {@code mempair status --check}. */
        public int exitCode() {
            return exitCode;
        }
    }

    static Verdict of(NodeStatus status) {
        return switch (status.kind()) {
            case NODE -> ofNode(status);
            case WITNESS -> ofWitness(status);
            case PROXY -> ofProxy(status);
        };
    }

    private static Verdict ofProxy(NodeStatus status) {
        if (!status.serves()) {
            return new Verdict(Level.CRITICAL, "the proxy does not serve: " + status.reason());
        }
        return served(status, "the proxy serves", null);
    }

    private static Verdict ofNode(NodeStatus status) {
        @Nullable PeerStatus active = activePeer(status);
        if (status.serves()) {
            if (active != null) {
                return new Verdict(Level.CRITICAL, "two nodes are active: " + status.name() + " and " + active.name());
            }
            return served(status, status.name() + " serves", missingSpare(status));
        }
        if (active != null) {
            return served(status, active.name() + " serves", ownDefect(status, active));
        }
        boolean hearsANode = nodes(status).stream().anyMatch(PeerStatus::alive);
        String sight = hearsANode ? "nobody serves" : "nobody serves as far as " + status.name() + " can see";
        String peers = nodes(status).isEmpty()
                ? "no other node was heard"
                : nodes(status).stream().map(Verdict::shown).collect(Collectors.joining(", "));
        return new Verdict(
                Level.CRITICAL,
                sight + ": " + status.name() + " is " + role(status) + " (" + status.reason() + "), " + peers);
    }

    private static Verdict ofWitness(NodeStatus status) {
        List<PeerStatus> alive =
                nodes(status).stream().filter(PeerStatus::alive).toList();
        @Nullable PeerStatus active = activePeer(status);
        if (active != null) {
            return served(status, active.name() + " serves", missingSpare(status));
        }
        return alive.isEmpty()
                ? new Verdict(Level.UNKNOWN, "the witness hears no node")
                : new Verdict(
                        Level.CRITICAL,
                        "nobody serves: " + alive.stream().map(Verdict::shown).collect(Collectors.joining(", ")));
    }

    /** What a pair that serves lacks. */
    private static Verdict served(NodeStatus status, String who, @Nullable String noSpare) {
        List<ServerStatus> servers = status.proxy().servers();
        List<ServerStatus> missing =
                servers.stream().filter(server -> isMissing(status, server)).toList();
        if (status.serves()
                ? !servers.isEmpty() && servers.stream().noneMatch(ServerStatus::up)
                : hasNoServer(activePeer(status))) {
            return new Verdict(Level.CRITICAL, who + ", but no server is up");
        }
        List<String> lacks = new ArrayList<>();
        if (noSpare != null) {
            lacks.add("without a spare: " + noSpare);
        }
        if (!missing.isEmpty()) {
            lacks.add(missing.size() + " of " + servers.size() + " servers down or out: "
                    + missing.stream()
                            .map(server -> server.address().toString())
                            .distinct()
                            .collect(Collectors.joining(", ")));
        }
        if (lacks.isEmpty()) {
            String spare = status.kind() == MemberKind.PROXY ? "" : ", " + spare(status) + " can take over";
            return new Verdict(Level.FINE, who + spare);
        }
        return new Verdict(Level.DEGRADED, who + ", " + String.join("; ", lacks));
    }

    /** Whether that node, which serves, has said that none of its servers is up. */
    private static boolean hasNoServer(@Nullable PeerStatus active) {
        MemberSummary summary = active == null ? null : active.summary();
        return summary != null && summary.servers() > 0 && summary.serversUp() == 0;
    }

    private static boolean isMissing(NodeStatus status, ServerStatus server) {
        return !server.up() || status.replicaStatusOf(server) == ReplicaStatus.OUT;
    }

    private static String spare(NodeStatus status) {
        return nodes(status).stream()
                .filter(Verdict::canTakeOver)
                .map(PeerStatus::name)
                .findFirst()
                .orElse(status.name());
    }

    /** Why no other member could take over from the active one, which is this one or one that the witness hears. */
    private static @Nullable String missingSpare(NodeStatus status) {
        List<PeerStatus> others = nodes(status).stream()
                .filter(peer -> !(peer.alive() && peer.role() == Role.ACTIVE))
                .toList();
        if (others.stream().anyMatch(Verdict::canTakeOver)) {
            return null;
        }
        return others.isEmpty()
                ? "no other node was heard"
                : others.stream().map(Verdict::shown).collect(Collectors.joining(", "));
    }

    /** Why this node could not take over from the active one. */
    private static @Nullable String ownDefect(NodeStatus status, PeerStatus active) {
        if (active.placesOtherwise()) {
            return status.name() + " places keys otherwise than " + active.name();
        }
        return status.role() == Role.STANDBY
                ? null
                : status.name() + " is " + role(status) + " (" + status.reason() + ')';
    }

    private static boolean canTakeOver(PeerStatus peer) {
        return peer.alive() && peer.role() == Role.STANDBY && !peer.placesOtherwise();
    }

    private static @Nullable PeerStatus activePeer(NodeStatus status) {
        return nodes(status).stream()
                .filter(peer -> peer.alive() && peer.role() == Role.ACTIVE)
                .findFirst()
                .orElse(null);
    }

    private static List<PeerStatus> nodes(NodeStatus status) {
        return status.peers().stream()
                .filter(peer -> peer.role() != Role.WITNESS)
                .toList();
    }

    private static String shown(PeerStatus peer) {
        if (peer.departure() != Departure.NONE) {
            return peer.name() + ' ' + StatusText.lower(peer.departure()) + ' ' + StatusText.seconds(peer.heardMillis())
                    + " ago";
        }
        if (!peer.alive()) {
            return peer.name() + " silent for " + StatusText.seconds(peer.heardMillis());
        }
        if (peer.placesOtherwise()) {
            return peer.name() + " places keys otherwise";
        }
        return peer.name() + " is " + role(peer);
    }

    private static String role(NodeStatus status) {
        return inWords(StatusText.roleOf(status));
    }

    private static String role(PeerStatus peer) {
        return inWords(StatusText.roleOf(peer));
    }

    private static String inWords(String role) {
        return role.equals("fault") ? "in fault" : role;
    }
}
