package io.mempair.ha.admin;

import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.election.Role;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.server.ProxyHealth.ServerStatus;
import io.mempair.proxy.transfer.RebalanceProgress;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an operator can wait for. Pure. */
public enum Expectation {
    /** This program serves clients. */
    SERVING {
        @Override
        boolean isMet(NodeStatus status) {
            return status.serves();
        }

        @Override
        String missing(NodeStatus status) {
            return status.name() + " is " + StatusText.roleOf(status) + ": " + status.reason();
        }
    },
    /** This node can take over, and another serves. */
    STANDBY {
        @Override
        boolean isMet(NodeStatus status) {
            return status.role() == Role.STANDBY
                    && status.activeNode() != null
                    && status.peers().stream().noneMatch(NodeStatus.PeerStatus::placesOtherwise);
        }

        @Override
        String missing(NodeStatus status) {
            if (status.role() != Role.STANDBY) {
                return status.name() + " is " + StatusText.roleOf(status) + ": " + status.reason();
            }
            return status.activeNode() == null
                    ? "no active node is heard"
                    : status.name() + " places keys otherwise than its peer";
        }
    },
    /** Every server is up and has every write and, as far as it was under way, every key: the next one can be restarted. */
    REFILLED {
        @Override
        boolean isMet(NodeStatus status) {
            return unfinished(status).isEmpty();
        }

        @Override
        String missing(NodeStatus status) {
            return unfinished(status).stream()
                    .map(server -> server.address() + " is " + state(status, server))
                    .collect(Collectors.joining(", "));
        }
    },
    /** No rebalance is under way. */
    REBALANCED {
        @Override
        boolean isMet(NodeStatus status) {
            RebalanceProgress rebalance = status.proxy().rebalance();
            return rebalance == null || rebalance.phase().isOver();
        }

        @Override
        String missing(NodeStatus status) {
            return String.valueOf(status.proxy().rebalance());
        }
    };

    /** What an answer begins with that no time will change. */
    public static final String NEVER = "never ";

    abstract boolean isMet(NodeStatus status);

    /** Why it is not met yet. */
    abstract String missing(NodeStatus status);

    /** As on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** {@code yes}, {@code no} and the reason, or {@code never} and the reason where no time will help. */
    String answer(NodeStatus status) {
        String never = never(status);
        if (never != null) {
            return NEVER + never;
        }
        return isMet(status) ? "yes" : "no " + missing(status);
    }

    /** Why a member of this kind can never meet it; null if it can. */
    private @Nullable String never(NodeStatus status) {
        return switch (status.kind()) {
            case WITNESS ->
                status.name() + " is a witness, which votes and has neither clients nor servers: ask one of the nodes";
            case PROXY ->
                this == STANDBY ? "this proxy runs alone: there is no peer that it could take over from" : null;
            case NODE -> null;
        };
    }

    private static List<ServerStatus> unfinished(NodeStatus status) {
        return status.proxy().servers().stream()
                .filter(server -> !state(status, server).equals("serving"))
                .toList();
    }

    private static String state(NodeStatus status, ServerStatus server) {
        ReplicaStatus replica = status.replicaStatusOf(server);
        if (!server.up()) {
            return "down";
        }
        if (server.refill() != null) {
            return "refilling (" + server.refill().copied() + " keys copied)";
        }
        return replica == null ? "serving" : StatusText.lower(replica);
    }
}
