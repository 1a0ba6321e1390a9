package io.mempair.proxy.replication;

/** Where the move from one layout of servers to another stands, as a node that takes over must know it. */
public enum LayoutStage {
    /** No keys move. */
    SETTLED,

    /** The other layout is being filled; its copies may be out of date. */
    FILLING,

    /** The other layout is about to lead: it is equal, and clients wait. The markers of the servers say which one leads. */
    SWITCHING,

    /** The other layout led before; it may lead again while its servers are kept equal, and is emptied then. */
    KEEPING,

    /** The other layout, which is kept equal, is about to lead again. The markers of the servers say which one leads. */
    RETURNING,

    /** The other layout was given up and is emptied. */
    DROPPING
}
