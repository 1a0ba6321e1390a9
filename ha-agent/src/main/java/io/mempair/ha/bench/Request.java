package io.mempair.ha.bench;

/** The next request of a connection. Filled anew each time, so that a request allocates nothing. One thread. */
final class Request {

    /** A set of {@link #key}; else a get of it and the keys that follow it. */
    boolean set;

    /** Number of the first key. */
    int key;

    /** When it should be sent; its latency counts from here. */
    long intendedNanos;
}
