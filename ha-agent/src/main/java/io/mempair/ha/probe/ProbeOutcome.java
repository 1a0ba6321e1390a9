package io.mempair.ha.probe;

/** How one attempt ended. */
public enum ProbeOutcome {
    /** A complete answer to the {@code get}, hit or miss. */
    ANSWERED,
    /** The connection was refused. */
    REFUSED,
    /** No connection or no answer in time. */
    TIMEOUT,
    /** The connection ended before the answer. */
    RESET,
    /** Anything else: an error line, no route, no such name. */
    ERROR
}
