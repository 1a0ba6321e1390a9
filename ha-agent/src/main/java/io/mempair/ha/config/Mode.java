package io.mempair.ha.config;

/** Who votes on which node is active. */
public enum Mode {
    /** The two nodes; one may go on alone while it reaches its tie-breaker. */
    PAIR,
    /** The two nodes and a witness; two of the three must agree, so at most one node is ever active. */
    WITNESS
}
