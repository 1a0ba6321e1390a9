package io.mempair.proxy.frontend;

/**
 * Limits the requests of one client in one turn of its loop. Whoever pipelines more goes on in the next turn, behind
 * the input of the others. Confined to the client's loop.
 */
final class FairTurn {

    /** Requests; far more than clients pipeline, and half a millisecond or so of work. */
    static final int MOST_REQUESTS = 512;

    private long turnNanos;
    private int left = MOST_REQUESTS;

    /** The client is served in the turn that began then, possibly once more. */
    void begin(long nowNanos) {
        if (nowNanos != turnNanos) {
            turnNanos = nowNanos;
            left = MOST_REQUESTS;
        }
    }

    /** Counts a request; whether another one may follow in this turn. */
    boolean goesOn() {
        return --left > 0;
    }
}
