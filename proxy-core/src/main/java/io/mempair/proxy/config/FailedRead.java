package io.mempair.proxy.config;

/** What a client is answered when it reads a key whose servers do not answer. */
public enum FailedRead {
    /** {@code SERVER_ERROR}: the value is unknown. */
    ERROR,
    /** A miss, as mcrouter answers: for clients that treat an error as a failure of the whole proxy. */
    MISS
}
