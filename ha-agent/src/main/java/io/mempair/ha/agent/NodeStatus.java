package io.mempair.ha.agent;

import io.mempair.ha.check.Checks;
import io.mempair.ha.election.Election;
import io.mempair.ha.election.Role;
import io.mempair.ha.group.Group;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.replication.ServerKnowledge.Known;
import io.mempair.proxy.server.ProxyHealth;
import io.mempair.proxy.server.ProxyHealth.ServerStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A look at a node at one moment.
 *
 * @param name          this node
 * @param role          what it is
 * @param epoch         the highest reign it knows of
 * @param activeNode    name of the active node as far as this one knows, or null
 * @param reason        why the role is what it is: the reason of the last transition
 * @param sinceMillis   how long the role has lasted
 * @param holdsAddress  whether the interface really carries the virtual address
 * @param peers         the other members
 * @param proxy         the data plane
 * @param knowledge     what the data plane knows of the servers of a pool with two copies
 * @param reload        what came of the last reload, or null if there was none
 * @param fitness       what the operator and the checks say about this node
 */
public record NodeStatus(
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
        FitnessStatus fitness) {

    public NodeStatus {
        peers = List.copyOf(peers);
    }

    /** The way to each configured peer, as a check: good when it was heard and nothing is wrong. */
    static List<Checks.CheckStatus> links(Group group) {
        return group.links().stream()
                .map(link -> new Checks.CheckStatus("peer " + link.address(), link.isGood(), link.toString()))
                .toList();
    }

    /** Whether this node serves clients right now: active, with the address, and the port open. */
    public boolean serves() {
        return role == Role.ACTIVE && holdsAddress && proxy.open();
    }

    /** What {@code server} is good for; null in a pool without a backup tier, where there is nothing to be known. */
    public @Nullable ReplicaStatus standingOf(ServerStatus server) {
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
     * @param maintenance  the operator took it out
     * @param checks       his own checks, and the tie-breaker if there is one
     * @param warnings     what he should know though the node is fit
     */
    public record FitnessStatus(boolean maintenance, List<Checks.CheckStatus> checks, List<String> warnings) {

        /** Of what has no checks. */
        public static final FitnessStatus PLAIN = new FitnessStatus(false, List.of(), List.of());

        public FitnessStatus {
            checks = List.copyOf(checks);
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * The last time the file was read again.
     *
     * @param agoMillis  how long ago
     * @param applied    whether the node runs by it; if not, nothing has changed
     * @param outcome    what changed, or what was wrong
     */
    public record Reload(long agoMillis, boolean applied, String outcome) {}

    /**
     * Another member as last heard.
     *
     * @param name         its name
     * @param role         what it said it is
     * @param priority     its priority
     * @param alive        whether it was heard within the lease time
     * @param heardMillis  how long ago it was heard
     * @param placesOtherwise  whether it places keys otherwise than this node, so that neither takes over from the other
     */
    public record PeerStatus(
            String name, Role role, int priority, boolean alive, long heardMillis, boolean placesOtherwise) {

        static List<PeerStatus> of(Election election, long nowNanos) {
            return election.peers().stream()
                    .map(peer -> new PeerStatus(
                            peer.name(),
                            peer.role(),
                            peer.priority(),
                            election.isAlive(peer),
                            (nowNanos - peer.heardNanos()) / 1_000_000,
                            election.placesOtherwise(peer)))
                    .toList();
        }
    }
}
