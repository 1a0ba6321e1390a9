package io.mempair.proxy.frontend;

/** Who executes the requests of a client's connection, in a hand-over to another node. */
enum Custody {
    /** This node does. */
    OWN,
    /** Nobody: this node keeps what comes. */
    HELD,
    /** Nobody here: another node has a copy. The socket is in repair mode. */
    COPIED,
    /** Nobody yet: this is a copy. The socket is in repair mode, until the other node gives the connection up. */
    RESTORED
}
