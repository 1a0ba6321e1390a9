package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.health.HedgeBudget;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.LoopCounters;
import io.mempair.proxy.metrics.ProxyMeter;
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

/** What the reads of one event loop share where keys have two copies. */
public final class ReplicatedReadContext {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicatedReadContext.class);

    private final LoopContext loop;
    private final ServingPlan plan;
    private final RecentKeys wished = new RecentKeys();

    /** Of servers whose reads are hedged; the connections of an earlier pool fall out by themselves. */
    private final Map<ServerConnection, HedgeTimer> slowReads = new WeakHashMap<>();

    private final HedgeBudget hedges = new HedgeBudget();

    /**
     * @param loop  the loop
     * @param plan  its servers, and the order behind which reads wait
     */
    public ReplicatedReadContext(LoopContext loop, ServingPlan plan) {
        this.loop = loop;
        this.plan = plan;
    }

    LoopContext loop() {
        return loop;
    }

    public LoopCounters counters() {
        return loop.counters();
    }

    public WriteOrder order() {
        return plan.order();
    }

    /** Whether a read is also asked of the backup when the primary is slow. */
    boolean hedges() {
        return plan.pool().copyPolicy().hedge();
    }

    /** The watch over the reads that server is asked. */
    HedgeTimer slowReadsOf(ServerConnection server) {
        return slowReads.computeIfAbsent(server, key -> new HedgeTimer(loop, hedges));
    }

    /** Seconds a refilled item lives whose own lifetime cannot be known. */
    int refillLifetimeSeconds() {
        return (int) plan.pool().copyPolicy().refillLifetime().toSeconds();
    }

    /** What clients are told of the ids of that server's items. */
    public LongUnaryOperator idsOf(ServerConnection server) {
        int tag = server.state().replica().tag();
        return id -> {
            loop.sawId(id);
            return CasTag.told(tag, id);
        };
    }

    /** Whether the server may lack what the other copy has. */
    public static boolean isRefilling(ServerConnection server) {
        return server.state().replica().status() == ReplicaStatus.REFILLING;
    }

    /** Whether a server of the tier may. */
    public static boolean areRefilling(Tier tier) {
        for (int i = 0; i < tier.size(); i++) {
            if (isRefilling(tier.server(i))) {
                return true;
            }
        }
        return false;
    }

    /** A key that {@code lacking} did not have was looked up at {@code other}. */
    public void lookedUp(boolean found, Key key, ServerConnection lacking, ServerConnection other) {
        loop.counters().count(found ? ProxyMeter.LOOKUPS_HIT : ProxyMeter.LOOKUPS_MISSED);
        if (isRefilling(lacking)) {
            lacking.state().replica().lookedUp(found);
            if (found && lacking.serves()) {
                refill(key, other, lacking);
            }
        }
    }

    /**
     * {@code server} has the key, and {@code refilling} may lack it; nobody asked that. Tried once, as far as is
     * remembered: a key that is read often would else be copied as often.
     */
    public void mayLack(Key key, ServerConnection server, ServerConnection refilling) {
        ReplicaState replica = refilling.state().replica();
        if (refilling.serves() && wished.add(key, replica.tag() + replica.generation())) {
            refill(key, server, refilling);
        }
    }

    /** The read that led to it has its answer: what is thrown here concerns nobody who reads. */
    private void refill(Key key, ServerConnection from, ServerConnection to) {
        try {
            plan.refills().wanted(key, from, to);
        } catch (RuntimeException | Error defect) {
            loop.threw(defect);
            LOG.error("a refill was not begun by a fault of ours", defect);
        }
    }
}
