package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.LayoutText;
import io.mempair.proxy.config.MemoryPlan;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.rebalance.MoveMarker;
import io.mempair.proxy.recovery.KeyWalk;
import io.mempair.proxy.recovery.VerifiedFlush;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.route.MovePlan;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cleans servers with the marker of a rebalance that another process began and did not end, such as this proxy before a crash.
 * Nobody uses them meanwhile. What was copied there may be out of date: it is deleted, and the marker last. Confined to its loop.
 */
public final class MarkedServers {

    private static final Logger LOG = LoggerFactory.getLogger(MarkedServers.class);

    private static final long LOOK_MILLIS = 200;

    private final LoopContext loop;
    private final ServingPlan plan;
    private final MoveMarkers known;
    private final Set<ServerAddress> underWay = new HashSet<>();

    /**
     * @param loop   the first loop
     * @param plan   of that loop
     * @param known  the servers that were refused
     */
    public MarkedServers(LoopContext loop, ServingPlan plan, MoveMarkers known) {
        this.loop = loop;
        this.plan = plan;
        this.known = known;
    }

    /** Starts to look for them; it ends with the loop. */
    public void start() {
        loop.eventLoop().scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        Map<ServerAddress, String> refused = known.refused();
        if (refused.isEmpty() || !loop.mayRepair()) {
            return;
        }
        for (ServerConnection server : plan.pool().all()) {
            ServerAddress address = server.state().address();
            String marker = refused.get(address);
            if (marker != null && !server.usable() && underWay.add(address)) {
                clean(server.state(), marker);
            }
        }
    }

    private void clean(ServerState server, String text) {
        Pool pool = plan.pool();
        SideConnection.during(
                        loop,
                        pool,
                        server,
                        side -> removeCopies(side, MoveMarker.read(text).orElse(null), pool)
                                .thenComposeAsync(gone -> ServerMarkers.clear(side), loop.eventLoop()))
                .whenCompleteAsync(
                        (done, failure) -> {
                            underWay.remove(server.address());
                            if (failure == null) {
                                if (pool.backups() != null) {
                                    server.replica().added(); // what was deleted may be at the other copy
                                }
                                known.cleaned(server.address());
                            }
                            String outcome = failure == null ? "they are deleted" : failure.getMessage();
                            LOG.atWarn()
                                    .addKeyValue("server", server.address())
                                    .addKeyValue("outcome", outcome)
                                    .log(
                                            "server {} held copies of a rebalance that was not finished: {} event=rebalance_cleaned",
                                            server.address(),
                                            outcome);
                        },
                        loop.eventLoop());
    }

    /** If the marker is of the change to the present layout, the keys that the server had before are good; else none is. */
    private CompletableFuture<Void> removeCopies(ServerConnection side, @Nullable MoveMarker marker, Pool pool) {
        if (marker != null && marker.next().equals(known.leading())) {
            PoolConfig former = LayoutText.read(marker.former(), pool.config());
            return Sweep.start(
                    loop,
                    pool.bootstrap(),
                    side,
                    pool.config().timeouts().connect(),
                    new KeyWalk.WalkLimits(
                            pool.config().rebalance().keysPerSecond(),
                            MemoryPlan.ofThisProcess().spoolBytes(2)),
                    strays(former, pool.config(), side.state().address()),
                    new TransferCounts());
        }
        return VerifiedFlush.of(loop, plan.order(), side);
    }

    private static Predicate<Key> strays(PoolConfig former, PoolConfig now, ServerAddress at) {
        MovePlan plan = new MovePlan(former, now);
        return key -> !OwnKeys.isOne(key) && !plan.isAt(at, key.bytes(), 0, key.bytes().length);
    }
}
