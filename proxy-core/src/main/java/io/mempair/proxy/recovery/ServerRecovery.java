package io.mempair.proxy.recovery;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.PoolServers;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.RefillProgress;
import io.mempair.proxy.replication.ReplicaPhase.Event;
import io.mempair.proxy.replication.ReplicaState;
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
 * Takes servers back that were out, and ends their refills. A server that was out is taken back when every loop is connected
 * to it, it has carried out all that was ever sent to it, and what it missed is deleted on it.
 *
 * <p>Looks at each server a few times a second, on one loop; confined to it.
 */
public final class ServerRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(ServerRecovery.class);

    private static final long LOOK_MILLIS = 20;

    /** A server that answers on new connections has read old ones by then, or will never get what was on them. */
    private static final long LINGER_NANOS = 2_000_000_000L;

    /** A loop that lost its connection in the meantime never reports. */
    private static final long QUIESCE_LIMIT_NANOS = 5_000_000_000L;

    /** Times the shortest pause between two connects: the first hold-down. */
    private static final int HOLD_DOWN_PAUSES = 5;

    /** Times the longest such pause: the longest. */
    private static final int LONGEST_HOLD_DOWN_PAUSES = 15;

    private static final long FORGIVEN_AFTER_NANOS = 60_000_000_000L;

    /** A refill by reads lasts at least this long: few reads prove little. */
    private static final long LEAST_REFILL_NANOS = 60_000_000_000L;

    private static final long COPY_AGAIN_NANOS = 10_000_000_000L;

    /** One event loop. */
    public record LoopView(LoopContext loop, ServingPlan plan) {}

    /** What is kept of one server. */
    private static final class RecoveryProgress {
        private final HoldDown holdDown;
        private boolean returning;
        private boolean waitsForLingering;
        private long lingeringSinceNanos;
        private int attempt;
        private int loopsQuiet;
        private int generation = -1;
        private long refillSinceNanos;
        private @Nullable BulkCopier copier;
        private boolean copying;
        private long copyAgainNanos;

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
    private final List<LoopView> places;
    private final Supplier<PoolServers> servers;
    /** By what is known of a server: it outlives a change of the way in which the server is connected to. */
    private final Map<ReplicaState, RecoveryProgress> cases = new HashMap<>();

    /**
     * @param places  every loop; the first is where this runs
     * @param servers  of this moment
     */
    public ServerRecovery(List<LoopView> places, Supplier<PoolServers> servers) {
        this.home = places.get(0);
        this.places = places;
        this.servers = servers;
    }

    /** Begins to look; ends with the loop. */
    public void start() {
        home.loop().eventLoop().scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        List<ServerState> all = servers.get().servers();
        cases.keySet().retainAll(all.stream().map(ServerState::replica).toList());
        if (!home.loop().mayRepair()) {
            cases.values().forEach(RecoveryProgress::stopCopying);
            return;
        }
        long nowNanos = home.loop().nowNanos();
        ServerTimeouts timeouts = servers.get().config().timeouts();
        for (ServerState server : all) {
            if (server.hasTwin()) {
                look(
                        server,
                        cases.computeIfAbsent(server.replica(), replica -> new RecoveryProgress(timeouts)),
                        nowNanos);
            }
        }
    }

    private void look(ServerState server, RecoveryProgress kept, long nowNanos) {
        switch (server.replica().status()) {
            case OUT -> lookAtAbsent(server, kept, nowNanos);
            case REFILLING -> lookAtRefill(server, kept, nowNanos);
            case SERVING -> {}
        }
    }

    private void lookAtAbsent(ServerState server, RecoveryProgress kept, long nowNanos) {
        kept.holdDown.failed(nowNanos);
        if (kept.returning) {
            return;
        }
        if (!kept.holdDown.isOver(nowNanos)) {
            server.replica().step(Event.HOLD_DOWN);
            return;
        }
        if (!server.up()) {
            return;
        }
        if (server.lingering() == 0) {
            kept.waitsForLingering = false;
            quiesce(server, kept);
        } else if (!kept.waitsForLingering) {
            kept.waitsForLingering = true;
            kept.lingeringSinceNanos = nowNanos;
        } else if (nowNanos - kept.lingeringSinceNanos > LINGER_NANOS) {
            onEveryLoop(server, ServerConnection::abortLingering);
        }
    }

    private interface Step {
        void take(ServerConnection connection);
    }

    private void onEveryLoop(ServerState server, Step step) {
        for (LoopView place : places) {
            place.loop().eventLoop().execute(() -> {
                ServerConnection connection = place.plan().pool().connectionTo(server);
                if (connection != null) {
                    step.take(connection);
                }
            });
        }
    }

    /** Waits until the server has answered all that any loop sent: the last writes before it was out. */
    private void quiesce(ServerState server, RecoveryProgress kept) {
        kept.returning = true;
        server.replica().step(Event.DRAIN);
        kept.loopsQuiet = 0;
        int attempt = ++kept.attempt;
        onEveryLoop(
                server,
                connection -> connection.whenAllAnswered(
                        () -> home.loop().eventLoop().execute(() -> oneLoopQuiet(server, kept, attempt))));
        home.loop()
                .eventLoop()
                .schedule(() -> giveUp(server, kept, attempt), QUIESCE_LIMIT_NANOS, TimeUnit.NANOSECONDS);
    }

    private void giveUp(ServerState server, RecoveryProgress kept, int attempt) {
        if (kept.returning && kept.attempt == attempt && kept.loopsQuiet < places.size()) {
            server.replica().step(Event.GIVEN_UP);
            kept.returning = false;
            kept.attempt++;
        }
    }

    private void oneLoopQuiet(ServerState server, RecoveryProgress kept, int attempt) {
        if (kept.attempt != attempt || ++kept.loopsQuiet < places.size()) {
            return;
        }
        ServerConnection connection = home.plan().pool().connectionTo(server);
        if (connection == null || !connection.usable() || !home.loop().mayRepair()) {
            server.replica().step(Event.GIVEN_UP);
            kept.returning = false;
            return;
        }
        JournalReplay.start(home.loop(), home.plan().order(), connection, new JournalReplay.ReplayListener() {
            @Override
            public void done(List<Key> purged, boolean flushed) {
                kept.returning = false;
                kept.holdDown.returned(home.loop().nowNanos());
                LOG.info(
                        "server {} back {}",
                        server.address(),
                        flushed ? "flushed" : "deleted " + purged.size() + " keys it missed");
                if (!flushed) {
                    refill(server, connection, purged);
                }
            }

            @Override
            public void failed(String reason) {
                kept.returning = false;
                LOG.warn("server {} stays out reason=\"{}\"", server.address(), reason);
            }
        });
    }

    private void refill(ServerState server, ServerConnection connection, List<Key> purged) {
        KeyListRefill.start(
                home.loop(),
                home.plan().refills(),
                purged,
                key -> home.plan().pool().twinOf(server, key),
                () -> Objects.requireNonNullElse(home.plan().pool().connectionTo(server), connection),
                server.replica().generation(),
                done -> LOG.debug("server {} got back what was deleted: {}", server.address(), done));
    }

    private @Nullable BulkCopier copyAllTo(ServerState server, RecoveryProgress kept) {
        Pool pool = home.plan().pool();
        ServerConnection connection = pool.connectionTo(server);
        // a reload that adds the other tier may be under way, and this loop's pool not have it yet
        if (connection == null || !connection.serves() || pool.backups() == null) {
            return null;
        }
        kept.copying = true;
        BulkCopier copier = BulkCopier.start(
                home.loop(), pool.bootstrap(), home.plan().refills(), BulkCopier.Plan.of(pool, connection), done -> {
                    kept.copying = false;
                    server.showRefill(null);
                    kept.copyAgainNanos = home.loop().nowNanos() + COPY_AGAIN_NANOS;
                });
        return copier;
    }

    /** A copier that gave up, because a source was lost or too much failed, is followed by another. */
    private void copyAll(ServerState server, RecoveryProgress kept, long nowNanos) {
        BulkCopier copier = kept.copier;
        if (!kept.copying && nowNanos - kept.copyAgainNanos >= 0) {
            kept.copier = copyAllTo(server, kept);
        } else if (kept.copying && copier != null) {
            BulkCopier.CopyProgress progress = copier.progress();
            server.showRefill(new RefillProgress(progress.seen(), progress.copied(), progress.total()));
        }
    }

    private void lookAtRefill(ServerState server, RecoveryProgress kept, long nowNanos) {
        ReplicaState replica = server.replica();
        if (kept.generation != replica.generation()) {
            kept.generation = replica.generation();
            kept.refillSinceNanos = nowNanos;
            kept.copyAgainNanos = nowNanos;
            LOG.info("server {} is refilled from the other copies", server.address());
        }
        CopyPolicy policy = servers.get().config().copies();
        if (policy.refillKeysPerSecond() > 0 && replica.lacksAny()) {
            copyAll(server, kept, nowNanos);
        }
        long sinceNanos = nowNanos - kept.refillSinceNanos;
        boolean done = sinceNanos > LEAST_REFILL_NANOS && replica.refillLooksDone();
        if (done || sinceNanos > policy.refillFor().toNanos()) {
            replica.refilled(kept.generation);
            LOG.info("server {} serves on its own again", server.address());
        }
    }
}
