package io.mempair.proxy.frontend;

import io.netty.buffer.ByteBuf;

/**
 * Cuts the bytes of one client into requests of one protocol and has them carried out. Keeps its place in the
 * stream between calls. Confined to the client's loop.
 */
interface Framer {

    /** What stands between the framer and the next request. */
    enum Need {
        /** A request was carried out. */
        NOTHING,
        /** The next request is not all there. */
        MORE_BYTES,
        /** The client may send, but we do not take: said by the caller, never by the framer. */
        MORE_ROOM,
        /** Nothing more is understood from this client. */
        TO_CLOSE
    }

    /** Carries out the next request if {@code in} holds it whole; moves its reader index past what is used. */
    Need next(ByteBuf in);

    /** Whether the client is to be closed once it has its answers. */
    boolean atEnd();

    /** Whether the middle of a request is arriving: what it needs is charged already, so to read on makes nothing grow. */
    boolean isArriving();

    /** Takes nothing more from this client. */
    Need end();

    /** The client is gone: gives back what its unfinished request holds. */
    void close();
}
