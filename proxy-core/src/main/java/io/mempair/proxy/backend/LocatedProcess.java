package io.mempair.proxy.backend;

import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ServerIdentity;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Which process answers at the address of one server, as its connections report it to the {@link ReplicaState}. While
 * connections go to the new address of a name and another state of the same server is still in use, the process found there
 * is kept apart. Any thread.
 */
final class LocatedProcess {

    /** A process and the address at which it reported its identity. */
    private record Sighting(ServerIdentity identity, InetAddress at) {}

    /** Address of the process whose identity the replica state holds. Survives a change of address, TLS or login. */
    private static final class LastPlace {
        private @Nullable InetAddress last;
    }

    private final ReplicaState replica;
    private final LastPlace place;

    /** Whether another state of the same server is still in use. */
    private boolean arriving;

    /** The process found while {@link #arriving}. */
    private @Nullable Sighting ahead;

    LocatedProcess(ReplicaState replica) {
        this(replica, new LastPlace(), false);
    }

    private LocatedProcess(ReplicaState replica, LastPlace place, boolean arriving) {
        this.replica = replica;
        this.place = place;
        this.arriving = arriving;
    }

    /** That of the same server with other TLS or login. */
    LocatedProcess staying() {
        return new LocatedProcess(replica, place, false);
    }

    /** That of the same server at the new address of its name. */
    LocatedProcess arriving() {
        return new LocatedProcess(replica, place, true);
    }

    /** The other state of the server is no longer in use. */
    synchronized void takesOver() {
        arriving = false;
        Sighting seen = ahead;
        if (seen != null) {
            ahead = null;
            tellReplica(seen);
        }
    }

    /** A process has reported its identity on a new connection to that address. */
    synchronized void identified(ServerIdentity identity, InetAddress at) {
        Sighting seen = new Sighting(identity, at);
        if (arriving) {
            ahead = seen;
        } else {
            tellReplica(seen);
        }
    }

    private void tellReplica(Sighting seen) {
        synchronized (place) {
            InetAddress before = place.last;
            place.last = seen.at;
            if (before == null || before.equals(seen.at)) {
                replica.connected(seen.identity);
            } else {
                replica.connectedElsewhere(seen.identity);
            }
        }
    }

    /** The process last seen, or null if none has reported an identity. */
    @Nullable
    ServerIdentity identity() {
        synchronized (this) {
            if (arriving) {
                return ahead == null ? null : ahead.identity;
            }
        }
        return replica.identity();
    }
}
