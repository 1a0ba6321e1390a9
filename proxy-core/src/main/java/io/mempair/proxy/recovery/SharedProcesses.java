package io.mempair.proxy.recovery;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.replication.ReplicaPhase;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerIdentity;
import java.util.List;

/**
 * Processes that serve as several servers of a pool: in both tiers, at places that share no key ({@code servers: [m1, m2]},
 * {@code backups: [m2, m1]}), or under two addresses. Each role has a state of its own, but a flush empties the process. So
 * before one of the roles is flushed the others count as incomplete, and the flush waits until other servers hold everything
 * that they hold. Treating two processes that look alike as one costs a refill but loses nothing.
 */
final class SharedProcesses {

    private SharedProcesses() {}

    /** Tells each role whether its process is about to be flushed. */
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
