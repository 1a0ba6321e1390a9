package io.mempair.proxy.health;

/** Holds second questions to a share of the first ones, one in ten: servers that are slow because of load get little more. Pure. */
public final class HedgeBudget {

    private static final int ASKED_FOR_ONE = 10;

    /** Second questions that may come one after the other at most. */
    private static final int BURST = 10;

    private int saved;

    /** A first question was asked. */
    public void asked() {
        if (saved < ASKED_FOR_ONE * BURST) {
            saved++;
        }
    }

    /** Whether a second one may be asked; if so it is counted. */
    public boolean take() {
        if (saved < ASKED_FOR_ONE) {
            return false;
        }
        saved -= ASKED_FOR_ONE;
        return true;
    }
}
