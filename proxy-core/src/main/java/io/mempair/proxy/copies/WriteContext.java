package io.mempair.proxy.copies;

import io.mempair.proxy.config.CopyPolicy;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.MoveWatch;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.replication.WriteOrder;
import org.jspecify.annotations.Nullable;

/**
 * What the writes of one loop share.
 *
 * @param loop    the loop
 * @param plan    its servers and the order of its writes
 * @param policy  when to answer
 */
public record WriteContext(LoopContext loop, ServingPlan plan, CopyPolicy policy) {

    /** The context of the current plan. */
    public static WriteContext of(LoopContext loop, ServingPlan plan) {
        return new WriteContext(loop, plan, plan.pool().copyPolicy());
    }

    WriteOrder order() {
        return plan.order();
    }

    /** Learns of the writes of keys that are about to move; null if none are. */
    @Nullable
    MoveWatch moves() {
        return plan.pool().moves();
    }
}
