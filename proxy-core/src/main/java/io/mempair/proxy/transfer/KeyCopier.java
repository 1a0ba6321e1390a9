package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.rebalance.LateKeys;
import io.mempair.proxy.recovery.KeyWalk;
import io.mempair.proxy.refill.KeySync;
import io.mempair.proxy.refill.KeySync.SyncOutcome;
import io.mempair.proxy.replication.Key;
import io.netty.bootstrap.Bootstrap;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Copies every key that moves, one source after the other, and again those that were written since. A key has one sync at
 * a time; one that is late meanwhile follows. Nothing is sent while a server is away, or may still carry out
 * an earlier request. Confined to its loop.
 */
final class KeyCopier {

    /** Syncs at the same time when no walk is under way. */
    private static final int MAX_RUNNING = 64;

    /** Syncs of late keys beside those of a walk. */
    private static final int MAX_BESIDE_WALK = 16;

    /** Nanoseconds without syncs of late keys after one had no answer. */
    private static final long PAUSE_NANOS = 50_000_000;

    /** At most, to the next server. */
    private static final int WRITES_OF_A_SYNC = 2;

    /** Learns how far the copy is. */
    interface WalkListener {
        /** Every key was copied once. */
        void walked();

        /** The walk has ended early; it may be begun anew. */
        void walkFailed(String reason);
    }

    private record Parked(Key key, Runnable ended) {}

    private final LoopContext loop;
    private final Bootstrap bootstrap;
    private final Route route;
    private final LateKeys late;
    private final KeyWalk.WalkLimits limits;
    private final Duration connectTimeout;
    private final TransferCounts counts;
    private final OwnWrites own;
    private final Set<Key> running = new HashSet<>();
    private final ArrayDeque<Parked> parked = new ArrayDeque<>();
    private @Nullable KeyWalk walk;
    private int nextSource;

    /** Whether a primary that was walked, or is away, may lack keys that its backups have; only with two copies. */
    private boolean primariesLack;

    private boolean stopped = true;
    private boolean pumping;
    private long pausedUntilNanos;

    KeyCopier(
            LoopContext loop,
            Bootstrap bootstrap,
            Route route,
            LateKeys late,
            KeyWalk.WalkLimits limits,
            Duration connectTimeout,
            TransferCounts counts,
            OwnWrites own) {
        this.loop = loop;
        this.bootstrap = bootstrap;
        this.route = route;
        this.late = late;
        this.limits = limits;
        this.connectTimeout = connectTimeout;
        this.counts = counts;
        this.own = own;
        this.pausedUntilNanos = loop.nowNanos();
    }

    /** Begins a walk through all sources. No sync is running, and every write that is under way will be noted. */
    void begin(WalkListener listener) {
        stopped = false;
        nextSource = 0;
        primariesLack = false;
        counts.walkBegins();
        walkNext(listener);
    }

    /** Begins without a walk: every key is equal, and every write that is under way will be noted. */
    void follow() {
        stopped = false;
    }

    private void walkNext(WalkListener listener) {
        if (stopped) {
            return;
        }
        if (nextSource == route.sources().size()) {
            walk = null;
            listener.walked();
            return;
        }
        ServerConnection source = route.sources().get(nextSource++);
        if (isLeftOut(source)) {
            walkNext(listener);
            return;
        }
        walk = KeyWalk.start(
                loop,
                bootstrap,
                source.state(),
                connectTimeout,
                limits,
                route.movingFrom(source),
                this::visit,
                failure -> ended(failure, listener));
    }

    /** With two copies every key is at the primaries, unless one of them is away or incomplete. */
    private boolean isLeftOut(ServerConnection source) {
        if (!route.plan().hasTwoCopies()) {
            return false;
        }
        if (route.isBackup(source)) {
            return !primariesLack;
        }
        primariesLack |= !Route.isComplete(source);
        return !source.serves();
    }

    private void ended(@Nullable String failure, WalkListener listener) {
        KeyWalk over = walk;
        if (over != null) {
            counts.seen(over.seen());
        }
        if (failure == null) {
            walkNext(listener);
        } else {
            stop();
            listener.walkFailed(failure);
        }
    }

    /** Starts no more syncs; {@link #isIdle} is soon true. */
    void stop() {
        stopped = true;
        if (walk != null) {
            walk.stop();
            walk = null;
        }
        parked.clear();
    }

    /** Whether no sync is running or waits for a server. */
    boolean isIdle() {
        return running.isEmpty() && parked.isEmpty();
    }

    /** Whether syncs may be sent now. */
    boolean isReady() {
        return route.isUsable() && route.isDrained();
    }

    /** Whether the servers that are copied to lack nothing that only the others have. */
    boolean mayLead() {
        return route.mayLead();
    }

    /** Goes on with what waits; call it now and then. */
    void tick() {
        if (stopped) {
            return;
        }
        resolveDoubts();
        if (isReady()) {
            for (int left = parked.size(); left > 0 && !parked.isEmpty(); left--) {
                Parked next = parked.remove();
                sync(next.key(), next.ended());
            }
            pump();
        }
    }

    /** The snapshot comes first: its writes were dropped before it, so no drained server can carry them out. */
    private void resolveDoubts() {
        if (late.doubtfulCount() > 0) {
            Map<Key, Long> doubts = late.doubts();
            if (route.isDrained()) {
                late.drained(doubts);
            }
        }
    }

    /** Copies late keys: at most those that are late now, so that a key that is late again waits for another turn. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        for (int left = late.size();
                left > 0 && !stopped && running.size() < mostRunning() && !isPaused() && isReady();
                left--) {
            Key key = late.next();
            if (key == null) {
                break;
            }
            sync(key, () -> {});
        }
        pumping = false;
    }

    private int mostRunning() {
        return walk == null ? MAX_RUNNING : KeyWalk.MAX_IN_FLIGHT + MAX_BESIDE_WALK;
    }

    private boolean isPaused() {
        return loop.nowNanos() - pausedUntilNanos < 0;
    }

    private void visit(Key key, Runnable ended) {
        sync(key, () -> {
            counts.visited();
            ended.run();
        });
    }

    private void sync(Key key, Runnable ended) {
        if (stopped) {
            return;
        }
        if (!isReady()) {
            parked.add(new Parked(key, ended));
            return;
        }
        if (!running.add(key)) {
            late.written(key); // the sync that is running may have read the item before
            ended.run();
            return;
        }
        syncTo(key, route.targetsOf(key).iterator(), ended);
    }

    /** Copies the key to one target after the other. */
    private void syncTo(Key key, Iterator<ServerConnection> targets, Runnable ended) {
        KeySync.KeyOrigin from = route.originOf(key);
        ServerConnection target = targets.next();
        own.sending(target, WRITES_OF_A_SYNC);
        Runnable sourceWritten = () -> from.holders().forEach(source -> own.sending(source, 1));
        KeySync.start(loop, from, target, key, sourceWritten, outcome -> {
            counts.ended(outcome);
            if (outcome != SyncOutcome.FAILED && targets.hasNext()) {
                syncTo(key, targets, ended);
                return;
            }
            running.remove(key);
            if (outcome == SyncOutcome.FAILED) {
                late.written(key);
                pausedUntilNanos = loop.nowNanos() + PAUSE_NANOS;
            }
            ended.run();
            pump();
        });
    }
}
