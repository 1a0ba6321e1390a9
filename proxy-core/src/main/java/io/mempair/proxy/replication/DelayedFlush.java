package io.mempair.proxy.replication;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The {@code flush_all} with a delay that is still to come, if there is one, on all servers of a proxy: memcached keeps one at
 * a time too, and the next flush, with a delay or without, takes its place. Servers are told of it when it is asked for; it is
 * kept here for those that were not there then, or come back empty since. Any thread.
 */
public final class DelayedFlush {

    /** More seconds are a moment in unix time: memcached doc/protocol.txt, "Expiration times". */
    private static final long MAX_RELATIVE_SECONDS = TimeUnit.DAYS.toSeconds(30);

    /**
     * When it is due.
     *
     * @param dueNanos  on the clock of the loops
     */
    public record Moment(long dueNanos) {

        /** Time until then; negative when it is over. */
        public long leftNanos(long nowNanos) {
            return dueNanos - nowNanos;
        }
    }

    private final PeerKnowledge peers;
    private final long startMillis;
    private final long startNanos;
    private volatile @Nullable Moment pending;

    /**
     * @param peers       told of every change
     * @param wallMillis  unix time now; not asked again, so that it cannot jump
     * @param nowNanos    now, on the clock the other methods are given
     */
    public DelayedFlush(PeerKnowledge peers, long wallMillis, long nowNanos) {
        this.peers = peers;
        this.startMillis = wallMillis;
        this.startNanos = nowNanos;
    }

    /** What is to come, or null. */
    public @Nullable Moment pending() {
        return pending;
    }

    /**
     * Servers took a flush of a client.
     *
     * @param delaySeconds  as the client said it: seconds, or unix time if that is more than 30 days; not over 0 for now
     * @param askedNanos    when it was sent to them
     * @return whether peers have to know before the client hears that it is done
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

    /** It is over with {@code moment}; nothing happens if another has taken its place. */
    public synchronized void done(Moment moment) {
        if (moment.equals(pending)) {
            pending = null;
            peers.changed();
        }
    }

    /** Milliseconds until it is due, 0 if it is, or {@link ServerKnowledge#NO_FLUSH}. */
    public long leftMillis(long nowNanos) {
        Moment moment = pending;
        return moment == null
                ? ServerKnowledge.NO_FLUSH
                : Math.max(0, TimeUnit.NANOSECONDS.toMillis(moment.leftNanos(nowNanos)));
    }

    /** Another node says what it knows: so many milliseconds are left, or {@link ServerKnowledge#NO_FLUSH}. */
    public synchronized void learn(long leftMillis, long nowNanos) {
        pending = leftMillis == ServerKnowledge.NO_FLUSH
                ? null
                : new Moment(nowNanos + TimeUnit.MILLISECONDS.toNanos(leftMillis));
    }

    /** Whom it is told to. */
    public PeerKnowledge peers() {
        return peers;
    }
}
