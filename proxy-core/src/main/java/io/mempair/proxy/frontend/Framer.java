package io.mempair.proxy.frontend;

import io.netty.buffer.ByteBuf;

/**
 * Splits the bytes of one client into requests of one protocol and executes them. Keeps its position between calls.
 * Confined to the client's loop.
 */
interface Framer {

    /** What the framer needs for the next request. */
    enum Need {
        /** A request was executed. */
        NOTHING,
        /** The next request is not all there. */
        MORE_BYTES,
        /** Input is paused; set by the caller, never by the framer. */
        MORE_ROOM,
        /** No further input of this client is parsed. */
        TO_CLOSE
    }

    /** Executes the next request if {@code in} contains it completely; advances the reader index past it. */
    Need next(ByteBuf in);

    /** Whether the client is to be closed once it has its answers. */
    boolean atEnd();

    /** Whether a request is partly read: its memory is already charged, so reading on needs no more. */
    boolean isArriving();

    /** Accepts no more input from this client. */
    Need end();

    /** Bytes that have come of a data block that is not whole. */
    long arrivedBytes();

    /**
     * Appends what was read of an unfinished request, from its first byte on: another framer of the protocol that reads it
     * is then where this one is, but for {@link #swallowBytes}.
     */
    void appendUnfinished(ByteBuf out);

    /** Bytes still to come of a refused data block. */
    long swallowBytes();

    /** Discards the next bytes, as after a refused data block. Only before the first request. */
    void swallow(long bytes);

    /** The client has disconnected: releases the buffers of its unfinished request. */
    void close();
}
