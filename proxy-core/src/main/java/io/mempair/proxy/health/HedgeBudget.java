package io.mempair.proxy.health;

/** Limits hedged reads to one in ten reads, so that servers slow from load get little more of it. Pure. */
public final class HedgeBudget {

    private static final int ASKED_FOR_ONE = 10;

    /** Most hedged reads in a burst. */
    private static final int BURST = 10;

    private int saved;

    /** A read was sent. */
    public void asked() {
        if (saved < ASKED_FOR_ONE * BURST) {
            saved++;
        }
    }

    /** Whether a read may be hedged; counts it if so. */
    public boolean take() {
        if (saved < ASKED_FOR_ONE) {
            return false;
        }
        saved -= ASKED_FOR_ONE;
        return true;
    }
}
