package io.mempair.proxy.replication;

/** Status of a server of a pool with two copies. */
public enum ReplicaStatus {

    /** It holds every acknowledged write that it did not evict. */
    SERVING,

    /** Its items are up to date, but it may lack keys of the other copy: a miss is looked up there. */
    REFILLING,

    /** It missed a write, or may have: its items cannot be trusted, and clients are not served from it. */
    OUT
}
