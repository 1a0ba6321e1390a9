package io.mempair.proxy.command;

import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.PoolServers;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.replication.DelayedFlush;
import io.mempair.proxy.replication.DelayedFlush.Moment;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes a delayed {@code flush_all} on all servers when it is due. Servers that received it flush by their own
 * clocks, each up to two seconds early; servers that were out, or have restarted since, would not. Confined to one
 * loop.
 *
 * <p>It runs a second early, as memcached may too because its clock ticks in seconds: so an item stored after the delay
 * survives. A node that took over just then and is too late flushes only servers that did not receive the flush; items
 * stored there since exist on the other copy.
 */
public final class DueFlush {

    private static final Logger LOG = LoggerFactory.getLogger(DueFlush.class);

    private static final long LOOK_MILLIS = 20;

    private static final long EARLY_NANOS = 1_000_000_000L;

    private final LoopContext home;
    private final ServingPlan plan;
    private final Supplier<PoolServers> servers;
    private final DelayedFlush delayed;
    private boolean underWay;

    /**
     * @param home     the loop it runs on
     * @param plan     of that loop
     * @param servers  the current servers
     */
    public DueFlush(LoopContext home, ServingPlan plan, Supplier<PoolServers> servers) {
        this.home = home;
        this.plan = plan;
        this.servers = servers;
        this.delayed = plan.delayedFlush();
    }

    /** Starts the periodic check; it ends with the loop. */
    public void start() {
        home.eventLoop().scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        Moment moment = delayed.pending();
        if (moment == null || underWay || !home.mayRepair()) {
            return;
        }
        long leftNanos = moment.leftNanos(home.nowNanos());
        if (leftNanos <= 0) {
            tooLate(moment);
        } else if (leftNanos <= EARLY_NANOS) {
            carryOut(moment);
        }
    }

    private void carryOut(Moment moment) {
        underWay = true;
        FlushAll.carryOut(home, moment, plan, everyServer -> {
            underWay = false;
            LOG.info(
                    "delayed flush_all executed{} event=delayed_flush_executed",
                    everyServer ? "" : ", but not on every server");
        });
    }

    private void tooLate(Moment moment) {
        PoolServers now = servers.get();
        if (now.config().hasBackupTier()) {
            now.servers().forEach(server -> server.replica().flushDelivery().due());
        }
        delayed.done(moment);
        LOG.warn(
                "delayed flush_all was due before this node became active: left to the servers that received it event=delayed_flush_missed");
    }
}
