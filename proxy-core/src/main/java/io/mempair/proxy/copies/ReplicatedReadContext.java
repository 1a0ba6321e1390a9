package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.health.HedgeBudget;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.LoopCounters;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.pool.MoveWatch;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.pool.Tier;
import io.mempair.proxy.replication.CasTag;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.RecentKeys;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.WriteOrder;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.LongUnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** State shared by the reads of one event loop in a pool with two copies. */
public final class ReplicatedReadContext {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicatedReadContext.class);

    private final LoopContext loop;
    private final ServingPlan plan;
    private final RecentKeys attempted = new RecentKeys();

    /** One timer per server; connections of a replaced pool are collected with their keys. */
    private final Map<ServerConnection, HedgeTimer> hedgeTimers = new WeakHashMap<>();

    private final HedgeBudget hedges = new HedgeBudget();

    /**
     * @param loop  the loop
     * @param plan  its servers, and the write order that reads wait behind
     */
    public ReplicatedReadContext(LoopContext loop, ServingPlan plan) {
        this.loop = loop;
        this.plan = plan;
    }

    public LoopCounters counters() {
        return loop.counters();
    }

    public WriteOrder order() {
        return plan.order();
    }

    /** Whether slow reads are hedged: sent to the backup as well. */
    boolean hedges() {
        return plan.pool().copyPolicy().hedge();
    }

    /** The timer for reads sent to that server. */
    HedgeTimer hedgeTimerOf(ServerConnection server) {
        return hedgeTimers.computeIfAbsent(server, key -> new HedgeTimer(loop, hedges));
    }

    /** Nanoseconds that a read waits for the only server that may have a key. */
    public long lastCopyWaitNanos() {
        return plan.pool().copyPolicy().lastCopyWait().toNanos();
    }

    /** The loop, its clock and its counters. */
    public LoopContext loop() {
        return loop;
    }

    /** Lifetime, in seconds, of a refilled item whose own lifetime is unknown. */
    int refillLifetimeSeconds() {
        return (int) plan.pool().copyPolicy().refillLifetime().toSeconds();
    }

    /** Maps a cas id of that server to the id clients see. */
    public LongUnaryOperator idsOf(ServerConnection server) {
        int tag = server.state().replica().tag();
        return id -> {
            loop.sawId(id);
            return CasTag.forClient(tag, id);
        };
    }

    /** That read has changed what the servers hold, or may have. */
    void changed(OrderedRead read) {
        MoveWatch moves = plan.pool().moves();
        if (moves != null) {
            moves.ended(read.key());
        }
    }

    /** Whether ids of a pool with one copy are not those that clients see, so that {@link #idsOf} is needed. */
    public boolean tagsIdsOfOneCopy() {
        return !plan.casIds().areCounted();
    }

    /** Whether the server may lack keys that the other copy has. */
    public static boolean isRefilling(ServerConnection server) {
        return server.state().replica().status() == ReplicaStatus.REFILLING;
    }

    /** Whether any server of the tier is refilling. */
    public static boolean areRefilling(Tier tier) {
        for (int i = 0; i < tier.size(); i++) {
            if (isRefilling(tier.server(i))) {
                return true;
            }
        }
        return false;
    }

    /** {@code lacking} missed the key, so the read looked it up at {@code other}. */
    public void lookedUp(boolean found, Key key, ServerConnection lacking, ServerConnection other) {
        loop.counters().count(found ? ProxyMeter.LOOKUPS_HIT : ProxyMeter.LOOKUPS_MISSED);
        if (isRefilling(lacking)) {
            lacking.state().replica().refill().lookedUp(found);
            if (found && lacking.serves()) {
                refill(key, other, lacking);
            }
        }
    }

    /**
     * {@code server} has the key; {@code refilling} was not asked and may lack it. Each key is tried once, as far as
     * {@link RecentKeys} remembers, or a hot key would be copied at every read.
     */
    public void mayLack(Key key, ServerConnection server, ServerConnection refilling) {
        ReplicaState replica = refilling.state().replica();
        if (refilling.serves()
                && attempted.add(key, replica.tag() + replica.refill().generation())) {
            refill(key, server, refilling);
        }
    }

    /** The read is already answered, so an exception is logged here. */
    private void refill(Key key, ServerConnection from, ServerConnection to) {
        try {
            plan.refills().wanted(key, from, to);
        } catch (RuntimeException | Error defect) {
            loop.threw(defect);
            LOG.error("internal error: a refill was not started", defect);
        }
    }
}
