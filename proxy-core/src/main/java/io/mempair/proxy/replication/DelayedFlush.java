package io.mempair.proxy.replication;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The pending {@code flush_all} with a delay, if any, for all servers of a proxy. As in memcached there is at most one;
 * the next flush, delayed or not, replaces it. Servers receive it when the client asks for it. It is kept here for
 * servers that were out then, or have restarted since. Any thread.
 */
public final class DelayedFlush {

    /** A larger number is unix time: memcached doc/protocol.txt, "Expiration times". */
    private static final long MAX_RELATIVE_SECONDS = TimeUnit.DAYS.toSeconds(30);

    /**
     * When the flush is due.
     *
     * @param dueNanos  on the clock of the loops
     */
    public record Moment(long dueNanos) {

        /** Nanoseconds until then; negative once it has passed. */
        public long leftNanos(long nowNanos) {
            return dueNanos - nowNanos;
        }
    }

    private final PeerKnowledge peers;
    private final long startMillis;
    private final long startNanos;
    private volatile @Nullable Moment pending;
    private volatile boolean wasDone;
    private volatile long doneNanos;

    /**
     * @param peers       notified of every change
     * @param wallMillis  unix time now; read once, so that it cannot jump
     * @param nowNanos    now, on the clock of the other methods
     */
    public DelayedFlush(PeerKnowledge peers, long wallMillis, long nowNanos) {
        this.peers = peers;
        this.startMillis = wallMillis;
        this.startNanos = nowNanos;
    }

    /** The pending flush, or null. */
    public @Nullable Moment pending() {
        return pending;
    }

    /**
     * A client's flush was sent to the servers.
     *
     * @param delaySeconds  as in the client's command: seconds, or unix time if more than 30 days; 0 or less for now
     * @param askedNanos    when it was sent
     * @return whether the peers must know of it before the client is answered
     */
    public synchronized boolean ordered(long delaySeconds, long askedNanos) {
        Moment next = momentOf(delaySeconds, askedNanos);
        boolean changes = next != null || pending != null;
        pending = next;
        if (changes) {
            peers.changed();
        }
        return changes;
    }

    private @Nullable Moment momentOf(long delaySeconds, long askedNanos) {
        if (delaySeconds <= 0) {
            return null;
        }
        if (delaySeconds <= MAX_RELATIVE_SECONDS) {
            return new Moment(askedNanos + TimeUnit.SECONDS.toNanos(delaySeconds));
        }
        long wallMillis = startMillis + TimeUnit.NANOSECONDS.toMillis(askedNanos - startNanos);
        long leftMillis = TimeUnit.SECONDS.toMillis(delaySeconds) - wallMillis;
        return leftMillis <= 0 ? null : new Moment(askedNanos + TimeUnit.MILLISECONDS.toNanos(leftMillis));
    }

    /** Whether none is pending, and the last one was due at least {@code pauseNanos} ago. */
    public boolean isOver(long nowNanos, long pauseNanos) {
        return pending == null && (!wasDone || nowNanos - doneNanos > pauseNanos);
    }

    /** The flush at {@code moment} is done. Has no effect if another flush has replaced it. */
    public synchronized void done(Moment moment) {
        if (moment.equals(pending)) {
            doneNanos = moment.dueNanos();
            wasDone = true;
            pending = null;
            peers.changed();
        }
    }

    /** Milliseconds until the flush is due, 0 if it is due, or {@link ServerKnowledge#NO_FLUSH}. */
    public long leftMillis(long nowNanos) {
        Moment moment = pending;
        return moment == null
                ? ServerKnowledge.NO_FLUSH
                : Math.max(0, TimeUnit.NANOSECONDS.toMillis(moment.leftNanos(nowNanos)));
    }

    /** Adopts the state of another node: milliseconds left, or {@link ServerKnowledge#NO_FLUSH}. */
    public synchronized void learn(long leftMillis, long nowNanos) {
        pending = leftMillis == ServerKnowledge.NO_FLUSH
                ? null
                : new Moment(nowNanos + TimeUnit.MILLISECONDS.toNanos(leftMillis));
    }

    /** The peers that are notified. */
    public PeerKnowledge peers() {
        return peers;
    }
}
