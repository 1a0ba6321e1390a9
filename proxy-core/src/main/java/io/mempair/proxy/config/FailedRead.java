package io.mempair.proxy.config;

/** What a client hears that reads a key whose servers give no answer. */
public enum FailedRead {
    /** {@code SERVER_ERROR}: that nobody knows. */
    ERROR,
    /** A miss, as mcrouter answers: for clients that take an error for the failure of the proxy as a whole. */
    MISS
}
