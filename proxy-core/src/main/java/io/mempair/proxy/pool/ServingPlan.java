package io.mempair.proxy.pool;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.refill.Refills;
import io.mempair.proxy.replication.CasIds;
import io.mempair.proxy.replication.DelayedFlush;
import io.mempair.proxy.replication.WriteOrder;

/**
 * The current servers, limits and rules for the clients of one event loop. A reload replaces them between two turns; a
 * request keeps the pool it started with. Confined to its loop.
 */
public final class ServingPlan {

    private final WriteOrder order;
    private final Refills refills;
    private final DelayedFlush delayedFlush;
    private final CasIds casIds;
    private Pool pool;
    private ClientLimits limits;
    private ClientPolicy policy;

    /**
     * @param pool     the loop's connections to the servers
     * @param limits   how much clients may use
     * @param policy   who may be a client, and what clients may ask for
     * @param order    of the writes to two copies
     * @param refills  of keys that one of two copies lacks
     * @param delayedFlush  the pending flush; shared by all loops
     * @param casIds   how clients of one copy are told cas ids; shared by all loops
     */
    public ServingPlan(
            Pool pool,
            ClientLimits limits,
            ClientPolicy policy,
            WriteOrder order,
            Refills refills,
            DelayedFlush delayedFlush,
            CasIds casIds) {
        this.delayedFlush = delayedFlush;
        this.casIds = casIds;
        this.order = order;
        this.refills = refills;
        this.pool = pool;
        this.limits = limits;
        this.policy = policy;
        placeRefills();
    }

    private void placeRefills() {
        refills.change(pool::areTwins, (int) pool.copyPolicy().refillLifetime().toSeconds());
    }

    /** The servers for the next request. */
    public Pool pool() {
        return pool;
    }

    /** The order of writes to two copies; it outlives a change of servers. */
    public WriteOrder order() {
        return order;
    }

    /** The keys that one of two copies lacks. */
    public Refills refills() {
        return refills;
    }

    /** The pending flush, if any; it outlives a change of servers. */
    public DelayedFlush delayedFlush() {
        return delayedFlush;
    }

    /** How clients are told cas ids where keys have one copy. */
    public CasIds casIds() {
        return casIds;
    }

    /** What a client may use now. */
    public ClientLimits limits() {
        return limits;
    }

    /** Who may be a client now, and what clients may ask for. */
    public ClientPolicy policy() {
        return policy;
    }

    /**
     * Whether a value is over the limit; where the operator left the limit to the servers, longer than the longest item
     * any of them takes. What is not is for its server to judge.
     */
    public boolean isTooLong(long valueBytes) {
        if (valueBytes <= ClientLimits.UNKNOWN_ITEM_BYTES || !limits.learnsValueBytes()) {
            return valueBytes > limits.maxValueBytes();
        }
        return valueBytes > Math.max(pool.longestItemBytes(), ClientLimits.UNKNOWN_ITEM_BYTES);
    }

    /** Serves every request from now on with these; the earlier pool gives way. */
    public void change(Pool nextPool, ClientLimits nextLimits, ClientPolicy nextPolicy) {
        Pool earlier = pool;
        pool = nextPool;
        limits = nextLimits;
        policy = nextPolicy;
        placeRefills();
        earlier.giveWayTo(nextPool);
    }
}
