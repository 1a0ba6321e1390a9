package io.mempair.proxy.recovery;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ReplicaStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How long one server that others cannot be without has been away, until it is given up. Confined to one loop. */
final class LastCopyWatch {

    private static final Logger LOG = LoggerFactory.getLogger(LastCopyWatch.class);

    /** How long the last copy may be away before it is given up, as a multiple of the longest wait of a request. */
    private static final int WAITS = 6;

    private boolean awaited;
    private long awaitedSinceNanos;

    /**
     * Looks at the server again.
     *
     * @param waitNanos  the longest wait of a request for it
     */
    void check(ServerState server, long nowNanos, long waitNanos) {
        ReplicaState replica = server.replica();
        boolean away = replica.status() == ReplicaStatus.OUT || !server.up();
        if (!away || replica.otherCopies().areComplete() || replica.isLost()) {
            awaited = false;
        } else if (!awaited) {
            awaited = true;
            awaitedSinceNanos = nowNanos;
            LOG.atWarn()
                    .addKeyValue("server", server.address())
                    .log(
                            "server {} is waited for: it may have values that no other server has event=server_awaited",
                            server.address());
        } else if (nowNanos - awaitedSinceNanos > WAITS * waitNanos) {
            LOG.atError()
                    .addKeyValue("server", server.address())
                    .log(
                            "server {} is given up: values that only it has are misses from now on event=server_given_up",
                            server.address());
            replica.giveUp();
        }
    }
}
