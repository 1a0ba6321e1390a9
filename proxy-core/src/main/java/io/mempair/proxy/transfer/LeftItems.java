package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.recovery.KeyWalk;
import io.mempair.proxy.recovery.VerifiedFlush;
import io.mempair.proxy.route.MovePlan;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the former servers still hold after a switch: deleted where the server stays, flushed where it leaves. A server where
 * that fails is remembered. Confined to its loop.
 */
final class LeftItems {

    private static final Logger LOG = LoggerFactory.getLogger(LeftItems.class);

    private final LoopContext loop;
    private final ServingPlan plan;
    private final PoolConfig formerConfig;
    private final MoveMarkers known;
    private final KeyWalk.WalkLimits limits;
    private final TransferCounts counts;
    private final List<ServerState> former;

    /** @param plan  of the loop; the next servers serve already when {@link #remove} is called */
    LeftItems(
            LoopContext loop,
            ServingPlan plan,
            Pool formerPool,
            MoveMarkers known,
            KeyWalk.WalkLimits limits,
            TransferCounts counts) {
        this.loop = loop;
        this.plan = plan;
        this.formerConfig = formerPool.config();
        this.known = known;
        this.limits = limits;
        this.counts = counts;
        this.former = formerPool.all().stream().map(ServerConnection::state).toList();
    }

    /** From now on they hold items that are out of date. */
    void remember() {
        former.forEach(server -> known.leftBehind(server.address()));
    }

    /** Removes them; completes when each server was tried. */
    CompletableFuture<Void> remove() {
        Pool pool = plan.pool();
        Route back = new Route(new MovePlan(pool.config(), formerConfig), pool.all(), List.of());
        return CompletableFuture.allOf(
                former.stream().map(server -> removeFrom(server, pool, back)).toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> removeFrom(ServerState server, Pool pool, Route back) {
        ServerConnection stays = pool.connectionTo(server);
        if (stays == null && !pool.config().rebalance().flushesLeaving()) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> removed = stays == null
                ? SideConnection.during(loop, pool, server, this::flush)
                : Sweep.start(
                                loop,
                                pool.bootstrap(),
                                stays,
                                pool.config().timeouts().connect(),
                                limits,
                                back.strayAt(stays),
                                counts)
                        .thenComposeAsync(swept -> ServerMarkers.clear(stays), loop.eventLoop());
        return removed.handle((done, failure) -> {
            if (failure == null) {
                known.cleaned(server.address());
            } else {
                LOG.atWarn()
                        .addKeyValue("server", server.address())
                        .addKeyValue("reason", failure.getMessage())
                        .log(
                                "server {} keeps items that belong elsewhere now: {} event=rebalance_left_items",
                                server.address(),
                                failure.getMessage());
            }
            return null;
        });
    }

    private CompletableFuture<Void> flush(ServerConnection server) {
        return VerifiedFlush.of(loop, plan.order(), server);
    }
}
