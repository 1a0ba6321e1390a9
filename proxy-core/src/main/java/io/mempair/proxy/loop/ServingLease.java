package io.mempair.proxy.loop;

/**
 * Until when the loops may serve. Set by the agent, read by every loop once a turn: a node that lost its
 * lease serves nobody even if the rest of the process does not know yet.
 */
public final class ServingLease {

    /** No limit: a proxy that serves alone. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private volatile long untilNanos = UNLIMITED;

    /** Sets the end, on the clock of {@link System#nanoTime}. Any thread. */
    public void until(long nanos) {
        untilNanos = nanos;
    }

    boolean lastsAt(LoopContext loop) {
        long until = untilNanos;
        return until == UNLIMITED || until - loop.nowNanos() > 0;
    }
}
