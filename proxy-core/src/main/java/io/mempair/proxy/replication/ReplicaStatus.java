package io.mempair.proxy.replication;

/** What a server of a pool with two copies is good for at this moment. */
public enum ReplicaStatus {

    /** It holds every write that was acknowledged, as far as it did not evict it. */
    SERVING,

    /** What it holds is up to date, but it may lack what the other copy has: a miss is looked up there. */
    REFILLING,

    /** A write missed it, or may have: nothing it holds can be trusted, and clients are not served from it. */
    OUT
}
