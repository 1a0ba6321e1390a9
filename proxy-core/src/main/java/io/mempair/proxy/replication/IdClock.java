package io.mempair.proxy.replication;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes the ids that both copies of an item are given: of milliseconds, a count, and the node, from high to low. They rise
 * strictly on one node, whatever loop asks and whatever the clock does; they are larger than every id the node has seen; and
 * no two nodes of different numbers make the same one. Any thread; takes no lock.
 *
 * <p>Where more are made in a millisecond than can be counted, or the clock stands still, the count runs on into the
 * milliseconds to come.
 */
public final class IdClock {

    /** Bits of the number of a node. */
    public static final int NODE_BITS = 11;

    /** Bits of the count within a millisecond: a million ids a second. */
    private static final int COUNT_BITS = 10;

    /** Milliseconds begin at 2020; 41 bits of them last until 2089. */
    private static final long FIRST_MILLIS = 1_577_836_800_000L;

    private static final long MAX_TICKS = (1L << (62 - NODE_BITS)) - 1;

    /** How far ahead an id may be that is believed. One further on was made by a clock that is wrong, or by a client. */
    private static final long MAX_AHEAD_TICKS = TimeUnit.DAYS.toMillis(1) << COUNT_BITS;

    private final int node;
    private final long startMillis;
    private final long startNanos;

    /** Milliseconds and count of the last id made or seen. */
    private final AtomicLong last = new AtomicLong();

    /**
     * @param node        the number of the node; only its {@link #NODE_BITS} lower bits count
     * @param wallMillis  unix time now; not asked again, so that it cannot jump
     * @param nowNanos    now, on the clock {@link #next} is given
     */
    public IdClock(int node, long wallMillis, long nowNanos) {
        this.node = node & ((1 << NODE_BITS) - 1);
        this.startMillis = wallMillis - FIRST_MILLIS;
        this.startNanos = nowNanos;
    }

    /** A new id. */
    public long next(long nowNanos) {
        long ticks = ticks(nowNanos);
        while (true) {
            long before = last.get();
            long made = Math.max(before + 1, ticks);
            if (last.compareAndSet(before, made)) {
                return CasTag.MADE_MARK | made << NODE_BITS | node;
            }
        }
    }

    /** An item has this id: the next ones are larger, if another node made it. */
    public void seen(long id, long nowNanos) {
        long ticks = (id ^ CasTag.MADE_MARK) >>> NODE_BITS;
        if (ticks > last.get() && ticks <= MAX_TICKS && ticks - ticks(nowNanos) <= MAX_AHEAD_TICKS) {
            last.accumulateAndGet(ticks, Math::max);
        }
    }

    /** A clock before 2020 or beyond the end counts as there, with room to count on. */
    private long ticks(long nowNanos) {
        long millis = startMillis + TimeUnit.NANOSECONDS.toMillis(nowNanos - startNanos);
        long lastMillis = (MAX_TICKS >>> COUNT_BITS) - TimeUnit.DAYS.toMillis(366);
        return Math.max(0, Math.min(lastMillis, millis)) << COUNT_BITS;
    }
}
