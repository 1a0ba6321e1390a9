package io.mempair.proxy.frontend;

/**
 * Limits the requests of one client in one turn of its loop. A client that pipelines more continues in the next turn, behind
 * the input of the others. Confined to the client's loop.
 */
final class FairTurn {

    /** Requests; far more than clients pipeline, and half a millisecond or so of work. */
    static final int MOST_REQUESTS = 512;

    private long turnNanos;
    private int left = MOST_REQUESTS;

    /** Starts, or continues, serving the client in the turn that began at {@code nowNanos}. */
    void begin(long nowNanos) {
        if (nowNanos != turnNanos) {
            turnNanos = nowNanos;
            left = MOST_REQUESTS;
        }
    }

    /** Counts a request; returns whether another one may follow in this turn. */
    boolean goesOn() {
        return --left > 0;
    }
}
