package io.mempair.proxy.loop;

/**
 * Whether this proxy may send anything to the servers: the one place that is asked, by all loops and by all who repair a
 * server. Two conditions, and neither is enough alone: that nobody has told this proxy to step down, and that its lease
 * lasts. The second one holds without anybody's help: a process that was stopped for a while finds the lease over before the
 * agent has run. Any thread.
 *
 * <p>What the servers are asked on behalf of nobody is not asked for here: greetings, probes, which process they are. A
 * standby asks that too.
 */
public final class Fence {

    /** No limit: a proxy that serves alone. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private enum FenceState {
        /** This proxy does not serve. */
        CLOSED,

        /** It steps down: what clients have asked for is brought to its end, and no server is repaired any more. */
        DRAINING,

        /** It serves, and repairs servers. */
        OPEN
    }

    private volatile FenceState state = FenceState.CLOSED;

    /** Counts {@link #open}. Under the lock of this. */
    private long reign;

    private volatile long untilNanos = UNLIMITED;

    /** Sets the end of the lease, on the clock of {@link System#nanoTime}. */
    public void lease(long nanos) {
        untilNanos = nanos;
    }

    /** This proxy serves from now on, while its lease lasts. */
    public synchronized void open() {
        reign++;
        state = FenceState.OPEN;
    }

    /**
     * It begins to step down.
     *
     * @return the number of the reign that ends, for {@link #close}
     */
    public synchronized long drain() {
        if (state == FenceState.OPEN) {
            state = FenceState.DRAINING;
        }
        return reign;
    }

    /**
     * It serves no more.
     *
     * @param ofReign  the one that was to end
     * @return false if that had ended already, or another has begun since
     */
    public synchronized boolean close(long ofReign) {
        if (ofReign != reign || state == FenceState.CLOSED) {
            return false;
        }
        state = FenceState.CLOSED;
        return true;
    }

    /** Whether it does not serve, nor is about to end that; whatever its lease. */
    public boolean isClosed() {
        return state == FenceState.CLOSED;
    }

    /** When the lease ends, or {@link #UNLIMITED}. */
    long untilNanos() {
        return untilNanos;
    }

    private boolean lasts(LoopContext loop) {
        long until = untilNanos;
        return until == UNLIMITED || until - loop.clockNanos() > 0;
    }

    /** Whether requests of clients may be begun; by the time of the turn, which is near enough: they are asked about again. */
    boolean letsClientsIn(LoopContext loop) {
        long until = untilNanos;
        return state != FenceState.CLOSED && (until == UNLIMITED || until - loop.nowNanos() > 0);
    }

    /** Whether requests may leave for the servers; by a clock read now. */
    boolean letsRequestsOut(LoopContext loop) {
        return state != FenceState.CLOSED && lasts(loop);
    }

    /** Whether a server may be repaired; by a clock read now. */
    boolean letsRepairsOut(LoopContext loop) {
        return state == FenceState.OPEN && lasts(loop);
    }
}
