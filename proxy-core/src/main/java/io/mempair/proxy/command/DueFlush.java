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
 * Carries out a {@code flush_all} with a delay when it is due, on all servers: those that were told of it forget by their own
 * clocks, each up to two seconds early; those that were not there, or came back empty since, would not. Confined to one loop.
 *
 * <p>It happens a second early, as memcached, whose clock has seconds, may too: so what a client stores when the delay is over
 * is stored after it. A node that comes too late, since it took over just then, flushes only servers that were not told; what
 * was stored on those since is on the other copy.
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
     * @param home     where this runs
     * @param plan     of that loop
     * @param servers  of this moment
     */
    public DueFlush(LoopContext home, ServingPlan plan, Supplier<PoolServers> servers) {
        this.home = home;
        this.plan = plan;
        this.servers = servers;
        this.delayed = plan.delayedFlush();
    }

    /** Begins to look; ends with the loop. */
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
            LOG.info("flush_all with a delay carried out{}", everyServer ? "" : ", but not by every server");
        });
    }

    private void tooLate(Moment moment) {
        if (servers.get().config().hasBackupTier()) {
            servers.get().servers().forEach(server -> server.replica().flushIsDue());
        }
        delayed.done(moment);
        LOG.warn(
                "flush_all with a delay was due before this node could carry it out: left to the servers that were told");
    }
}
