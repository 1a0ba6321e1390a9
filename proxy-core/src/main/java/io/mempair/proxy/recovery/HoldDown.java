package io.mempair.proxy.recovery;

/**
 * How long a failed server stays out after it answers again. The first failure adds no delay. Each failure soon after a
 * return doubles the hold-down, so that a flapping server does not disturb clients again and again. Pure; times are
 * nanoseconds of one monotonic clock.
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
     * @param forgivenAfterNanos  service without a failure, after which earlier failures do not count
     */
    public HoldDown(long firstNanos, long longestNanos, long forgivenAfterNanos) {
        this.firstNanos = firstNanos;
        this.longestNanos = longestNanos;
        this.forgivenAfterNanos = forgivenAfterNanos;
    }

    /** The server failed. Failures while it is out count once. */
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
