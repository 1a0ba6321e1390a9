package io.mempair.ha.agent;

import io.mempair.ha.check.Checks;
import io.mempair.ha.election.Departure;
import io.mempair.ha.election.Election;
import io.mempair.ha.election.Peer;
import io.mempair.ha.election.Role;
import io.mempair.ha.group.Group;
import io.mempair.ha.group.LinkStatus;
import io.mempair.ha.group.MemberSummary;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.replication.ServerKnowledge.Known;
import io.mempair.proxy.server.ProxyHealth;
import io.mempair.proxy.server.ProxyHealth.ServerStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a node.
 *
 * @param kind          what program it is
 * @param name          this node
 * @param role          its role; of a proxy alone, which has none of a pair, active while it serves and in fault otherwise
 * @param epoch         the highest reign it knows of
 * @param activeNode    name of the active node as far as this one knows, or null
 * @param reason        reason of the last transition
 * @param sinceMillis   milliseconds since the last transition
 * @param holdsAddress  whether the interface carries the virtual address; a proxy alone has none
 * @param peers         the other members
 * @param proxy         the data plane
 * @param knowledge     the data plane's state of the servers in a pool with two copies
 * @param reload        outcome of the last reload, or null
 * @param fitness       maintenance, checks and warnings
 * @param summary       as the other members are told it
 */
public record NodeStatus(
        MemberKind kind,
        String name,
        Role role,
        long epoch,
        @Nullable String activeNode,
        String reason,
        long sinceMillis,
        boolean holdsAddress,
        List<PeerStatus> peers,
        ProxyHealth proxy,
        ServerKnowledge knowledge,
        @Nullable Reload reload,
        FitnessStatus fitness,
        MemberSummary summary) {

    /** The programs that have a status. */
    public enum MemberKind {
        NODE,
        WITNESS,
        /** A proxy without a pair. */
        PROXY
    }

    public NodeStatus {
        peers = List.copyOf(peers);
    }

    /**
     * The link to each configured peer as a check, good if the peer was heard and nothing is wrong, or has said that it stops; and this
     * node's own port, if it is not open.
     */
    static List<Checks.CheckStatus> links(Group group, Election election) {
        List<Checks.CheckStatus> links = new ArrayList<>();
        String problem = group.problem();
        if (problem != null) {
            links.add(new Checks.CheckStatus("channel", false, problem));
        }
        List<String> stopped = election.peers().stream()
                .filter(peer -> peer.departure() == Departure.STOPPED)
                .map(Peer::name)
                .toList();
        for (LinkStatus link : group.links()) {
            boolean away = link.name() != null && stopped.contains(link.name());
            links.add(new Checks.CheckStatus(
                    "peer " + link.address(),
                    away || link.isGood(),
                    away ? "is " + link.name() + ", which was stopped" : link.toString()));
        }
        return links;
    }

    /** The same with one more warning. */
    public NodeStatus warnedOf(String warning) {
        List<String> warnings = new ArrayList<>(fitness.warnings());
        warnings.add(warning);
        return new NodeStatus(
                kind,
                name,
                role,
                epoch,
                activeNode,
                reason,
                sinceMillis,
                holdsAddress,
                peers,
                proxy,
                knowledge,
                reload,
                new FitnessStatus(fitness.maintenance(), fitness.checks(), warnings),
                summary);
    }

    /** Whether this program serves clients right now: its port is open, and if it is a node, it is active and has the address. */
    public boolean serves() {
        return role == Role.ACTIVE && (holdsAddress || kind == MemberKind.PROXY) && proxy.open();
    }

    /** The replica status of {@code server}; null in a pool without a backup tier. */
    public @Nullable ReplicaStatus replicaStatusOf(ServerStatus server) {
        String address = server.address().toString();
        boolean backup = server.tier() == ProxyHealth.ServerTier.BACKUP;
        return knowledge.servers().stream()
                .filter(known -> known.backup() == backup && known.address().equals(address))
                .map(Known::status)
                .findFirst()
                .orElse(null);
    }

    /**
     * Whether this node may be active, apart from the election.
     *
     * @param maintenance  whether the operator took it out
     * @param checks       the operator's checks, and the tie-breaker if there is one
     * @param warnings     problems that do not make the node unfit
     */
    public record FitnessStatus(boolean maintenance, List<Checks.CheckStatus> checks, List<String> warnings) {

        /** The status of a member without checks. */
        public static final FitnessStatus PLAIN = new FitnessStatus(false, List.of(), List.of());

        public FitnessStatus {
            checks = List.copyOf(checks);
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * The last reload of the configuration file.
     *
     * @param agoMillis  milliseconds since then
     * @param applied    whether it was applied; if not, nothing has changed
     * @param outcome    the changes, or the problems
     */
    public record Reload(long agoMillis, boolean applied, String outcome) {}

    /**
     * Another member as last heard.
     *
     * @param name         its name
     * @param role             its reported role
     * @param priority     its priority
     * @param alive        whether it was heard within the lease time
     * @param heardMillis      milliseconds since it was last heard
     * @param placesOtherwise  whether it places keys differently, so that neither node takes over from the other
     * @param summary          what it told of itself last; null if it told nothing lately, as an older version
     * @param roundTripNanos   how long it took to answer this node's last request for support; null unless this node
     *     is active
     * @param departure        whether and how it left; it is not alive then
     */
    public record PeerStatus(
            String name,
            Role role,
            int priority,
            boolean alive,
            long heardMillis,
            boolean placesOtherwise,
            @Nullable MemberSummary summary,
            @Nullable Long roundTripNanos,
            Departure departure) {

        /** A member that told nothing of itself. */
        public PeerStatus(
                String name, Role role, int priority, boolean alive, long heardMillis, boolean placesOtherwise) {
            this(name, role, priority, alive, heardMillis, placesOtherwise, null, null, Departure.NONE);
        }

        static List<PeerStatus> of(Election election, SummaryExchange summaries, long nowNanos) {
            return election.peers().stream()
                    .map(peer -> new PeerStatus(
                            peer.name(),
                            peer.role(),
                            peer.priority(),
                            election.isAlive(peer),
                            (nowNanos - peer.heardNanos()) / 1_000_000,
                            election.placesOtherwise(peer),
                            summaries.of(peer.name(), nowNanos),
                            election.roundTripNanos(peer),
                            peer.departure()))
                    .toList();
        }
    }
}
