package io.mempair.ha.bench;

/** Says what a connection sends next. Pure; one thread, which tells the time. */
sealed interface Feed permits FillFeed, ClosedFeed, OpenFeed {

    /**
     * Moves to the next request of this connection; false if none is to be sent now.
     *
     * @param connection  its number, from 0
     * @param into        is filled when there is one
     */
    boolean next(int connection, long nowNanos, Request into);
}
