package io.mempair.proxy.loop;

/**
 * Decides whether this node may send requests to the servers; all loops and all repairs ask here. Two conditions must
 * hold: the agent has not told the node to step down, and its lease lasts. The lease needs no action: a process that
 * was stopped for a while finds it expired before the agent has run. Any thread.
 *
 * <p>Handshakes, probes and identity queries do not ask here; a standby sends them too.
 */
public final class Fence {

    /** No lease: a proxy without a pair. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private enum FenceState {
        /** This node does not serve. */
        CLOSED,

        /** The node steps down: client requests in progress finish, and repairs stop. */
        DRAINING,

        /** The node serves clients and repairs servers. */
        OPEN
    }

    private volatile FenceState state = FenceState.CLOSED;

    /** Counts calls of {@link #open}; written under the lock of this. */
    private volatile long reign;

    private volatile long untilNanos = UNLIMITED;

    /** Sets the end of the lease, in nanoseconds on the clock of {@link System#nanoTime}. */
    public void lease(long nanos) {
        untilNanos = nanos;
    }

    /** The node serves from now on, while its lease lasts. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // only written under the lock
    public synchronized void open() {
        reign++;
        state = FenceState.OPEN;
    }

    /**
     * The node starts stepping down.
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
     * The node no longer serves.
     *
     * @param ofReign  the reign to end
     * @return false if that reign has already ended, or another has begun
     */
    public synchronized boolean close(long ofReign) {
        if (ofReign != reign || state == FenceState.CLOSED) {
            return false;
        }
        state = FenceState.CLOSED;
        return true;
    }

    /** The number of the present reign, or of the last one. */
    long reign() {
        return reign;
    }

    /** Whether the node serves, whatever its lease. */
    public boolean isOpen() {
        return state == FenceState.OPEN;
    }

    /** Whether the node is neither serving nor draining, whatever its lease. */
    public boolean isClosed() {
        return state == FenceState.CLOSED;
    }

    /** End of the lease in nanoseconds, or {@link #UNLIMITED}. */
    long untilNanos() {
        return untilNanos;
    }

    private boolean lasts(LoopContext loop) {
        long until = untilNanos;
        return until == UNLIMITED || until - loop.clockNanos() > 0;
    }

    /**
     * Whether client requests may be accepted, by the time of the turn; the fence is checked again before they leave.
     */
    boolean letsClientsIn(LoopContext loop) {
        long until = untilNanos;
        return state != FenceState.CLOSED && (until == UNLIMITED || until - loop.nowNanos() > 0);
    }

    /** Whether requests may be sent to the servers, by a fresh clock reading. */
    boolean letsRequestsOut(LoopContext loop) {
        return state != FenceState.CLOSED && lasts(loop);
    }

    /** Whether a server may be repaired, by a fresh clock reading. */
    boolean letsRepairsOut(LoopContext loop) {
        return state == FenceState.OPEN && lasts(loop);
    }
}
