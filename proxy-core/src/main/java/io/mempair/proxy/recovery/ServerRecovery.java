package io.mempair.proxy.recovery;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.PoolServers;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.replication.ReplicaPhase.ReplicaEvent;
import io.mempair.proxy.replication.ReplicaState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Returns servers that were out to service; then {@link ServerRefill} gives them back what they lack. A server returns when
 * every loop is connected to it, it has executed everything that was ever sent to it, and the journal is replayed on it.
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

    /** Nanoseconds. A loop that is stuck does not report. */
    private static final long QUIESCE_LIMIT_NANOS = 5_000_000_000L;

    /** The first hold-down, as a multiple of the shortest reconnect pause. */
    private static final int HOLD_DOWN_PAUSES = 5;

    /** The longest hold-down, as a multiple of the longest reconnect pause. */
    private static final int LONGEST_HOLD_DOWN_PAUSES = 15;

    private static final long FORGIVEN_AFTER_NANOS = 60_000_000_000L;

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
        private final LastCopyWatch lastCopy = new LastCopyWatch();
        private final ServerRefill refill;

        RecoveryProgress(ServerTimeouts timeouts, LoopView home) {
            refill = new ServerRefill(home);
            holdDown = new HoldDown(
                    timeouts.retryMin().multipliedBy(HOLD_DOWN_PAUSES).toNanos(),
                    timeouts.retryMax().multipliedBy(LONGEST_HOLD_DOWN_PAUSES).toNanos(),
                    FORGIVEN_AFTER_NANOS);
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
            recoveries.values().forEach(recovery -> recovery.refill.stopCopying());
            return;
        }
        SharedProcesses.look(all);
        long nowNanos = home.loop().nowNanos();
        ServerTimeouts timeouts = now.config().timeouts();
        long waitNanos = now.config().copies().lastCopyWait().toNanos();
        for (ServerState server : all) {
            if (server.hadTwin()) {
                RecoveryProgress recovery =
                        recoveries.computeIfAbsent(server.replica(), replica -> new RecoveryProgress(timeouts, home));
                recovery.lastCopy.check(server, nowNanos, waitNanos);
                recovery.refill.checkMarks(server.replica().refill(), nowNanos);
                check(server, recovery, now.config().copies(), nowNanos);
            }
        }
    }

    private void check(ServerState server, RecoveryProgress recovery, CopyPolicy policy, long nowNanos) {
        switch (server.replica().status()) {
            case OUT -> checkOut(server, recovery, nowNanos);
            case REFILLING -> recovery.refill.check(server, policy, nowNanos);
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
     * Waits until the server has answered everything that any loop sent it, up to the last write before it went out. If
     * a loop loses its connection meanwhile, the next check begins anew.
     */
    private void quiesce(ServerState server, RecoveryProgress recovery) {
        recovery.returning = true;
        server.replica().step(ReplicaEvent.DRAIN);
        recovery.loopsQuiet = 0;
        int attempt = ++recovery.attempt;
        onEveryLoop(
                server,
                connection -> connection.whenAllAnswered(
                        () -> home.loop().eventLoop().execute(() -> oneLoopQuiet(server, recovery, attempt)),
                        () -> home.loop().eventLoop().execute(() -> giveUp(server, recovery, attempt))));
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
                LOG.atInfo()
                        .addKeyValue("server", server.address())
                        .addKeyValue("by", flushed ? "verified flush" : "deleted " + deletedKeys + " missed keys")
                        .log(
                                "server {} back in service, {} event=server_back",
                                server.address(),
                                flushed ? "verified flush" : "deleted " + deletedKeys + " missed keys");
                recovery.refill.copyKeys(server);
            }

            @Override
            public void failed(String reason) {
                recovery.returning = false;
                LOG.atWarn()
                        .addKeyValue("server", server.address())
                        .log("server {} stays out reason=\"{}\" event=server_stays_out", server.address(), reason);
            }
        });
    }
}
