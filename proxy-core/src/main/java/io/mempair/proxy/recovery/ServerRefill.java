package io.mempair.proxy.recovery;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.replication.RefillLease;
import io.mempair.proxy.replication.RefillProgress;
import io.mempair.proxy.replication.RefillState;
import io.mempair.proxy.replication.ReplicaState;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The refill of one server that is back in service: copies the keys it lacks, or every key it owns, and ends the refill when
 * it lacks none, or when reads show that it lacks few. Confined to one loop.
 */
final class ServerRefill {

    private static final Logger LOG = LoggerFactory.getLogger(ServerRefill.class);

    /** Nanoseconds; the shortest refill by reads, because few reads prove little. */
    private static final long MIN_REFILL_NANOS = 60_000_000_000L;

    /** Longer than a mark lasts: memcached's clock ticks once a second and may be late. */
    private static final long MARKS_NANOS = TimeUnit.SECONDS.toNanos(RefillLease.SECONDS + 2);

    private static final long RETRY_COPY_NANOS = 10_000_000_000L;

    private static final long RETRY_KEYS_NANOS = 1_000_000_000L;

    private final ServerRecovery.LoopView home;
    private int generation = -1;
    private long sinceNanos;
    private @Nullable BulkCopier copier;
    private boolean copying;
    private long nextCopyNanos;
    private boolean copyingKeys;
    private long nextKeysNanos;

    /** How often marks may have been left behind, as of {@link #marksSinceNanos}. */
    private int marksLeft;

    private long marksSinceNanos;

    /** @param home  the loop it runs on */
    ServerRefill(ServerRecovery.LoopView home) {
        this.home = home;
    }

    /** Looks at marks that copies may have left behind on the server, whatever its status. */
    void checkMarks(RefillState refill, long nowNanos) {
        int now = refill.marksLeft();
        if (now != marksLeft) {
            marksLeft = now;
            marksSinceNanos = nowNanos;
        } else if (nowNanos - marksSinceNanos > MARKS_NANOS) {
            refill.marksExpired(marksLeft);
        }
    }

    /** Looks at the server, which is refilling. */
    void check(ServerState server, CopyPolicy policy, long nowNanos) {
        ReplicaState replica = server.replica();
        if (!server.hasTwin()) {
            replica.refill().completed(replica.refill().generation()); // a reload left one copy: nothing to refill from
            return;
        }
        if (generation != replica.refill().generation()) {
            generation = replica.refill().generation();
            sinceNanos = nowNanos;
            nextCopyNanos = nowNanos;
            nextKeysNanos = nowNanos;
            LOG.atInfo()
                    .addKeyValue("server", server.address())
                    .log("server {} refill started event=refill_started", server.address());
        }
        if (policy.refillKeysPerSecond() > 0 && replica.refill().lacksAny()) {
            copyAll(server, nowNanos);
        }
        if (!copyingKeys && nowNanos - nextKeysNanos >= 0) {
            copyKeys(server);
        }
        long refillNanos = nowNanos - sinceNanos;
        boolean done = refillNanos > MIN_REFILL_NANOS && replica.refill().looksDone();
        if (done || refillNanos > policy.refillFor().toNanos()) {
            replica.refill().completed(generation);
            LOG.atInfo()
                    .addKeyValue("server", server.address())
                    .log("server {} refill complete event=refill_complete", server.address());
        }
    }

    /** Copies back the keys that were deleted on its return, or on an earlier one that failed before they were copied. */
    void copyKeys(ServerState server) {
        ReplicaState replica = server.replica();
        ServerConnection connection = home.plan().pool().connectionTo(server);
        if (connection == null || replica.refill().lacksAny() || !server.hasTwin()) {
            return;
        }
        copyingKeys = true;
        KeyListRefill.start(
                home.loop(),
                home.plan().refills(),
                replica.refill().lackingKeys(),
                key -> home.plan().pool().twinOf(server, key),
                () -> Objects.requireNonNullElse(home.plan().pool().connectionTo(server), connection),
                replica.refill().generation(),
                done -> {
                    copyingKeys = false;
                    nextKeysNanos = home.loop().nowNanos() + RETRY_KEYS_NANOS;
                    LOG.debug(
                            "server {} refill of deleted keys {}", server.address(), done ? "complete" : "incomplete");
                });
    }

    /** Starts a bulk copy, or publishes its progress. A copy that was aborted is followed by another after a pause. */
    private void copyAll(ServerState server, long nowNanos) {
        BulkCopier running = copier;
        if (!copying && nowNanos - nextCopyNanos >= 0) {
            copier = copyAllTo(server);
        } else if (copying && running != null) {
            BulkCopier.CopyProgress progress = running.progress();
            server.showRefill(new RefillProgress(progress.seen(), progress.copied(), progress.total()));
        }
    }

    private @Nullable BulkCopier copyAllTo(ServerState server) {
        Pool pool = home.plan().pool();
        ServerConnection connection = pool.connectionTo(server);
        // during a reload that adds the backup tier, this loop's pool may not have it yet
        if (connection == null || !connection.serves() || pool.backups() == null) {
            return null;
        }
        copying = true;
        return BulkCopier.start(
                home.loop(),
                home.plan().order(),
                pool.bootstrap(),
                home.plan().refills(),
                BulkCopyPlan.of(pool, connection),
                done -> {
                    copying = false;
                    server.showRefill(null);
                    nextCopyNanos = home.loop().nowNanos() + RETRY_COPY_NANOS;
                });
    }

    /** Ends a bulk copy, if one is running: this node no longer repairs servers. */
    void stopCopying() {
        if (copying && copier != null) {
            copier.stop();
        }
    }
}
