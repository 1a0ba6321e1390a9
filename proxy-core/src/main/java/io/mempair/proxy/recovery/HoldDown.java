package io.mempair.proxy.recovery;

/**
 * How long a server that failed stays away although it answers again. The first failure costs nothing; one that follows
 * soon after a return holds it down longer each time, so that a server that comes and goes does not take the clients along.
 * Pure; times are of one monotonic clock.
 */
public final class HoldDown {

    private final long firstNanos;
    private final long longestNanos;
    private final long forgivenAfterNanos;
    private int strikes;
    private boolean returned;
    private long returnedNanos;
    private long untilNanos;
    private boolean holding;

    /**
     * @param firstNanos          the first hold-down; each later one doubles it
     * @param longestNanos        the longest
     * @param forgivenAfterNanos  of quiet service, after which earlier failures do not count
     */
    public HoldDown(long firstNanos, long longestNanos, long forgivenAfterNanos) {
        this.firstNanos = firstNanos;
        this.longestNanos = longestNanos;
        this.forgivenAfterNanos = forgivenAfterNanos;
    }

    /** The server failed. Failures while it is away count once. */
    public void failed(long nowNanos) {
        if (holding) {
            return;
        }
        holding = true;
        boolean soon = returned && nowNanos - returnedNanos < forgivenAfterNanos;
        strikes = soon ? strikes + 1 : 0;
        untilNanos = nowNanos + pauseNanos();
    }

    private long pauseNanos() {
        if (strikes == 0) {
            return 0;
        }
        int doublings = Math.min(strikes - 1, 30);
        return Math.min(firstNanos << doublings, longestNanos);
    }

    /** Whether the server may serve again, if it can. */
    public boolean isOver(long nowNanos) {
        return !holding || nowNanos - untilNanos >= 0;
    }

    /** The server serves again. */
    public void returned(long nowNanos) {
        holding = false;
        returned = true;
        returnedNanos = nowNanos;
    }
}
