package io.mempair.proxy.recovery;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.PoolServers;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.replication.RefillProgress;
import io.mempair.proxy.replication.ReplicaPhase.ReplicaEvent;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ReplicaStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Returns servers that were out to service, and ends their refills. A server returns when every loop is connected to
 * it, it has executed everything that was ever sent to it, and the journal is replayed on it.
 *
 * <p>Checks each server 50 times a second, on one loop; confined to it.
 */
public final class ServerRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(ServerRecovery.class);

    private static final long CHECK_MILLIS = 20;

    /**
     * Nanoseconds for lost connections to drain. A server that answers on new connections has read the old ones by
     * then, or never will.
     */
    private static final long DRAIN_LIMIT_NANOS = 2_000_000_000L;

    /** Nanoseconds. A loop that loses its connection meanwhile never reports. */
    private static final long QUIESCE_LIMIT_NANOS = 5_000_000_000L;

    /** The first hold-down, as a multiple of the shortest reconnect pause. */
    private static final int HOLD_DOWN_PAUSES = 5;

    /** The longest hold-down, as a multiple of the longest reconnect pause. */
    private static final int LONGEST_HOLD_DOWN_PAUSES = 15;

    private static final long FORGIVEN_AFTER_NANOS = 60_000_000_000L;

    /** Nanoseconds; the shortest refill by reads, because few reads prove little. */
    private static final long MIN_REFILL_NANOS = 60_000_000_000L;

    private static final long RETRY_COPY_NANOS = 10_000_000_000L;

    /** How long a server that requests wait for may be away, as a multiple of what one of them waits. */
    private static final int LAST_COPY_WAITS = 6;

    private static final long RETRY_KEYS_NANOS = 1_000_000_000L;

    /** One event loop. */
    public record LoopView(LoopContext loop, ServingPlan plan) {}

    /** Recovery state of one server. */
    private static final class RecoveryProgress {
        private final HoldDown holdDown;
        private boolean returning;
        private boolean draining;
        private long drainingSinceNanos;
        private int attempt;
        private int loopsQuiet;
        private int generation = -1;
        private long refillSinceNanos;
        private @Nullable BulkCopier copier;
        private boolean copying;
        private long nextCopyNanos;
        private boolean awaited;
        private long awaitedSinceNanos;
        private boolean refillingKeys;
        private long nextKeysNanos;

        RecoveryProgress(ServerTimeouts timeouts) {
            holdDown = new HoldDown(
                    timeouts.retryMin().multipliedBy(HOLD_DOWN_PAUSES).toNanos(),
                    timeouts.retryMax().multipliedBy(LONGEST_HOLD_DOWN_PAUSES).toNanos(),
                    FORGIVEN_AFTER_NANOS);
        }

        private void stopCopying() {
            if (copying && copier != null) {
                copier.stop();
            }
        }
    }

    private final LoopView home;
    private final List<LoopView> loops;
    private final Supplier<PoolServers> servers;
    /** Keyed by replica state, which survives a reload that changes how the server is connected. */
    private final Map<ReplicaState, RecoveryProgress> recoveries = new HashMap<>();

    /**
     * @param loops    every loop; recovery runs on the first
     * @param servers  the current ones
     */
    public ServerRecovery(List<LoopView> loops, Supplier<PoolServers> servers) {
        this.home = loops.get(0);
        this.loops = loops;
        this.servers = servers;
    }

    /** Starts the periodic check; it ends with the loop. */
    public void start() {
        home.loop().eventLoop().scheduleWithFixedDelay(this::check, CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void check() {
        PoolServers now = servers.get();
        List<ServerState> all = now.servers();
        recoveries.keySet().retainAll(all.stream().map(ServerState::replica).toList());
        if (!home.loop().mayRepair()) {
            recoveries.values().forEach(RecoveryProgress::stopCopying);
            return;
        }
        SharedProcesses.look(all);
        long nowNanos = home.loop().nowNanos();
        ServerTimeouts timeouts = now.config().timeouts();
        long waitNanos = now.config().copies().lastCopyWait().toNanos();
        for (ServerState server : all) {
            if (server.hadTwin()) {
                RecoveryProgress recovery =
                        recoveries.computeIfAbsent(server.replica(), replica -> new RecoveryProgress(timeouts));
                checkLastCopy(server, recovery, nowNanos, waitNanos);
                check(server, recovery, nowNanos);
            }
        }
    }

    /** Gives up a server that requests wait for, when it has been away for {@link #LAST_COPY_WAITS} of their waits. */
    private static void checkLastCopy(ServerState server, RecoveryProgress recovery, long nowNanos, long waitNanos) {
        ReplicaState replica = server.replica();
        boolean away = replica.status() == ReplicaStatus.OUT || !server.up();
        if (!away || replica.otherCopies().areComplete() || replica.isLost()) {
            recovery.awaited = false;
        } else if (!recovery.awaited) {
            recovery.awaited = true;
            recovery.awaitedSinceNanos = nowNanos;
            LOG.warn(
                    "server {} is waited for: it may have values that no other server has event=server_awaited",
                    server.address());
        } else if (nowNanos - recovery.awaitedSinceNanos > LAST_COPY_WAITS * waitNanos) {
            LOG.error(
                    "server {} is given up: values that only it has are misses from now on event=server_given_up",
                    server.address());
            replica.giveUp();
        }
    }

    private void check(ServerState server, RecoveryProgress recovery, long nowNanos) {
        switch (server.replica().status()) {
            case OUT -> checkOut(server, recovery, nowNanos);
            case REFILLING -> checkRefill(server, recovery, nowNanos);
            case SERVING -> {}
        }
    }

    private void checkOut(ServerState server, RecoveryProgress recovery, long nowNanos) {
        recovery.holdDown.failed(nowNanos);
        if (recovery.returning) {
            return;
        }
        ReplicaState replica = server.replica();
        if (!recovery.holdDown.isOver(nowNanos) && replica.otherCopies().areComplete()) {
            replica.step(ReplicaEvent.HOLD_DOWN);
            return;
        }
        // a peer that takes over must not trust a server on which keys have been deleted
        if (!server.up() || !replica.peersKnow() || (replica.missedWrites().needsFlush() && mustNotFlush(replica))) {
            return;
        }
        if (server.draining() == 0) {
            recovery.draining = false;
            quiesce(server, recovery);
        } else if (!recovery.draining) {
            recovery.draining = true;
            recovery.drainingSinceNanos = nowNanos;
        } else if (nowNanos - recovery.drainingSinceNanos > DRAIN_LIMIT_NANOS) {
            onEveryLoop(server, ServerConnection::abortDrain);
        }
    }

    private static boolean mustNotFlush(ReplicaState replica) {
        return replica.otherCopies().oneReturns() || !replica.processFlush().mayBegin();
    }

    private interface ConnectionTask {
        void run(ServerConnection connection);
    }

    private void onEveryLoop(ServerState server, ConnectionTask task) {
        for (LoopView loopView : loops) {
            loopView.loop().eventLoop().execute(() -> {
                ServerConnection connection = loopView.plan().pool().connectionTo(server);
                if (connection != null) {
                    task.run(connection);
                }
            });
        }
    }

    /**
     * Waits until the server has answered everything that any loop sent it, up to the last write before it went out.
     */
    private void quiesce(ServerState server, RecoveryProgress recovery) {
        recovery.returning = true;
        server.replica().step(ReplicaEvent.DRAIN);
        recovery.loopsQuiet = 0;
        int attempt = ++recovery.attempt;
        onEveryLoop(
                server,
                connection -> connection.whenAllAnswered(
                        () -> home.loop().eventLoop().execute(() -> oneLoopQuiet(server, recovery, attempt))));
        home.loop()
                .eventLoop()
                .schedule(() -> giveUp(server, recovery, attempt), QUIESCE_LIMIT_NANOS, TimeUnit.NANOSECONDS);
    }

    private void giveUp(ServerState server, RecoveryProgress recovery, int attempt) {
        if (recovery.returning && recovery.attempt == attempt && recovery.loopsQuiet < loops.size()) {
            server.replica().step(ReplicaEvent.GIVEN_UP);
            recovery.returning = false;
            recovery.attempt++;
        }
    }

    private void oneLoopQuiet(ServerState server, RecoveryProgress recovery, int attempt) {
        if (recovery.attempt != attempt || ++recovery.loopsQuiet < loops.size()) {
            return;
        }
        ServerConnection connection = home.plan().pool().connectionTo(server);
        if (connection == null || !connection.usable() || !home.loop().mayRepair()) {
            server.replica().step(ReplicaEvent.GIVEN_UP);
            recovery.returning = false;
            return;
        }
        JournalReplay.start(home.loop(), home.plan().order(), connection, new JournalReplay.ReplayListener() {
            @Override
            public void done(int deletedKeys, boolean flushed) {
                recovery.returning = false;
                recovery.holdDown.returned(home.loop().nowNanos());
                LOG.info(
                        "server {} back in service, {} event=server_back",
                        server.address(),
                        flushed ? "verified flush" : "deleted " + deletedKeys + " missed keys");
                refillKeys(server, recovery);
            }

            @Override
            public void failed(String reason) {
                recovery.returning = false;
                LOG.warn("server {} stays out reason=\"{}\" event=server_stays_out", server.address(), reason);
            }
        });
    }

    /** Copies back the keys that were deleted when it returned, now or before it failed again. */
    private void refillKeys(ServerState server, RecoveryProgress recovery) {
        ReplicaState replica = server.replica();
        ServerConnection connection = home.plan().pool().connectionTo(server);
        if (connection == null || replica.refill().lacksAny() || !server.hasTwin()) {
            return;
        }
        recovery.refillingKeys = true;
        KeyListRefill.start(
                home.loop(),
                home.plan().refills(),
                replica.refill().lackingKeys(),
                key -> home.plan().pool().twinOf(server, key),
                () -> Objects.requireNonNullElse(home.plan().pool().connectionTo(server), connection),
                replica.refill().generation(),
                done -> {
                    recovery.refillingKeys = false;
                    recovery.nextKeysNanos = home.loop().nowNanos() + RETRY_KEYS_NANOS;
                    LOG.debug(
                            "server {} refill of deleted keys {}", server.address(), done ? "complete" : "incomplete");
                });
    }

    private @Nullable BulkCopier copyAllTo(ServerState server, RecoveryProgress recovery) {
        Pool pool = home.plan().pool();
        ServerConnection connection = pool.connectionTo(server);
        // during a reload that adds the backup tier, this loop's pool may not have it yet
        if (connection == null || !connection.serves() || pool.backups() == null) {
            return null;
        }
        recovery.copying = true;
        BulkCopier copier = BulkCopier.start(
                home.loop(),
                home.plan().order(),
                pool.bootstrap(),
                home.plan().refills(),
                BulkCopier.Plan.of(pool, connection),
                done -> {
                    recovery.copying = false;
                    server.showRefill(null);
                    recovery.nextCopyNanos = home.loop().nowNanos() + RETRY_COPY_NANOS;
                });
        return copier;
    }

    /** Starts a bulk copy, or publishes its progress. A copy that was aborted is followed by another after a pause. */
    private void copyAll(ServerState server, RecoveryProgress recovery, long nowNanos) {
        BulkCopier copier = recovery.copier;
        if (!recovery.copying && nowNanos - recovery.nextCopyNanos >= 0) {
            recovery.copier = copyAllTo(server, recovery);
        } else if (recovery.copying && copier != null) {
            BulkCopier.CopyProgress progress = copier.progress();
            server.showRefill(new RefillProgress(progress.seen(), progress.copied(), progress.total()));
        }
    }

    private void checkRefill(ServerState server, RecoveryProgress recovery, long nowNanos) {
        ReplicaState replica = server.replica();
        if (!server.hasTwin()) {
            replica.refill()
                    .completed(replica.refill().generation()); // a reload left one copy: there is none to refill from
            return;
        }
        if (recovery.generation != replica.refill().generation()) {
            recovery.generation = replica.refill().generation();
            recovery.refillSinceNanos = nowNanos;
            recovery.nextCopyNanos = nowNanos;
            recovery.nextKeysNanos = nowNanos;
            LOG.info("server {} refill started event=refill_started", server.address());
        }
        CopyPolicy policy = servers.get().config().copies();
        if (policy.refillKeysPerSecond() > 0 && replica.refill().lacksAny()) {
            copyAll(server, recovery, nowNanos);
        }
        if (!recovery.refillingKeys && nowNanos - recovery.nextKeysNanos >= 0) {
            refillKeys(server, recovery);
        }
        long sinceNanos = nowNanos - recovery.refillSinceNanos;
        boolean done = sinceNanos > MIN_REFILL_NANOS && replica.refill().looksDone();
        if (done || sinceNanos > policy.refillFor().toNanos()) {
            replica.refill().completed(recovery.generation);
            LOG.info("server {} refill complete event=refill_complete", server.address());
        }
    }
}
