package io.mempair.proxy.replication;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes the cas ids that both copies of an item share. From high to low bits: milliseconds, a count, the node number.
 * Ids rise strictly on one node, on every loop and whatever the clock does. They exceed every id the node has seen, and
 * two nodes with different numbers never make the same one. Any thread; takes no lock.
 *
 * <p>If the count of a millisecond overflows, or the clock stops, the count carries over into later milliseconds.
 */
public final class IdClock {

    /** Bits of the node number. */
    public static final int NODE_BITS = 11;

    /** Bits of the count within a millisecond: a million ids a second. */
    private static final int COUNT_BITS = 10;

    /** Milliseconds begin at 2020; 41 bits of them last until 2089. */
    private static final long FIRST_MILLIS = 1_577_836_800_000L;

    private static final long MAX_TICKS = (1L << (62 - NODE_BITS)) - 1;

    /** The largest accepted lead of a foreign id. One further ahead came from a wrong clock, or from a client. */
    private static final long MAX_AHEAD_TICKS = TimeUnit.DAYS.toMillis(1) << COUNT_BITS;

    private final int node;
    private final long startMillis;
    private final long startNanos;

    /** Milliseconds and count of the highest id made or seen. */
    private final AtomicLong last = new AtomicLong();

    /**
     * @param node        the node number; only the {@link #NODE_BITS} lower bits are used
     * @param wallMillis  unix time now; read once, so that it cannot jump
     * @param nowNanos    now, on the clock of {@link #next}
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

    /** Makes later ids exceed this one, if another node made it. */
    public void seen(long id, long nowNanos) {
        long ticks = (id ^ CasTag.MADE_MARK) >>> NODE_BITS;
        if (ticks > last.get() && ticks <= MAX_TICKS && ticks - ticks(nowNanos) <= MAX_AHEAD_TICKS) {
            last.accumulateAndGet(ticks, Math::max);
        }
    }

    /** Clamps the clock to the range from 2020 to the end, with a year of room for the count. */
    private long ticks(long nowNanos) {
        long millis = startMillis + TimeUnit.NANOSECONDS.toMillis(nowNanos - startNanos);
        long lastMillis = (MAX_TICKS >>> COUNT_BITS) - TimeUnit.DAYS.toMillis(366);
        return Math.max(0, Math.min(lastMillis, millis)) << COUNT_BITS;
    }
}
