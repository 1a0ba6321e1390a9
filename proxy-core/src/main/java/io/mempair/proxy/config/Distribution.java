package io.mempair.proxy.config;

/** How keys are spread over the servers of a tier. Both ends of a migration must use the same. */
public enum Distribution {
    /** magent's default: a hash of the key modulo the number of servers. */
    MODULO,
    /** magent 0.7's ketama: 2,000 points a server on a ring. */
    KETAMA
}
