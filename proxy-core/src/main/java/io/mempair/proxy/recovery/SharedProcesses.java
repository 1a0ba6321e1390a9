package io.mempair.proxy.recovery;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.replication.ReplicaPhase;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerIdentity;
import java.util.List;

/**
 * Processes that are several servers of a pool: in both tiers, at places that share no key ({@code servers: [m1, m2]},
 * {@code backups: [m2, m1]}), or under two addresses. Each role has a state of its own, but a flush empties the process. So
 * before one of the roles is flushed the others count as incomplete, and it is flushed only while other servers have what
 * they hold. Two processes that look alike are treated as one, which costs a refill and loses nothing.
 */
final class SharedProcesses {

    private SharedProcesses() {}

    /** Tells each role what is to become of its process. */
    static void look(List<ServerState> all) {
        List<ServerState> flushed =
                all.stream().filter(SharedProcesses::isToBeFlushed).toList();
        for (ServerState server : all) {
            if (flushed.stream().anyMatch(other -> areOne(server, other)) && twinsAreUp(server, all)) {
                server.replica().processFlush().expect();
            } else {
                server.replica().processFlush().over();
            }
        }
        for (ServerState server : flushed) {
            server.replica()
                    .processFlush()
                    .alsoEmpties(all.stream()
                            .filter(other -> areOne(server, other))
                            .map(ServerState::replica)
                            .toList());
        }
    }

    private static boolean isToBeFlushed(ServerState server) {
        ReplicaState replica = server.replica();
        return server.up()
                && replica.status() == ReplicaStatus.OUT
                && (replica.missedWrites().needsFlush() || replica.phase() == ReplicaPhase.FLUSHING);
    }

    private static boolean areOne(ServerState one, ServerState other) {
        ServerIdentity identity = one.replica().identity();
        return one != other
                && (one.address().isSamePlaceAs(other.address())
                        || (identity != null
                                && !identity.equals(ServerIdentity.UNKNOWN)
                                && identity.equals(other.replica().identity())));
    }

    private static boolean twinsAreUp(ServerState server, List<ServerState> all) {
        ReplicaState replica = server.replica();
        return all.stream()
                .allMatch(other -> other.up() || !replica.otherCopies().include(other.replica()));
    }
}
