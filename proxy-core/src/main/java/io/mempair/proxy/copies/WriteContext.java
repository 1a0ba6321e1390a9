package io.mempair.proxy.copies;

import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.replication.WriteOrder;

/**
 * What the writes of one loop share.
 *
 * @param loop    the loop
 * @param order   of its writes
 * @param policy  when to answer
 */
public record WriteContext(LoopContext loop, WriteOrder order, CopyPolicy policy) {

    /** The context of the current plan. */
    public static WriteContext of(LoopContext loop, ServingPlan plan) {
        return new WriteContext(loop, plan.order(), plan.pool().copyPolicy());
    }
}
