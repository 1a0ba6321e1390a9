package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.Backpressure;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.LayoutText;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.health.ReconnectPolicy;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.MoveWatch;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.rebalance.LateKeys;
import io.mempair.proxy.rebalance.MoveMarker;
import io.mempair.proxy.rebalance.SentWrites;
import io.mempair.proxy.recovery.KeyWalk;
import io.mempair.proxy.recovery.ServerRecovery.LoopView;
import io.mempair.proxy.route.MovePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The former servers after a switch: what clients write at the next ones is copied back, so that the former ones can serve again without
 * loss. The same as a copy forward, with the roles exchanged and without a walk, because at the switch every key is equal. Each former server has a
 * marker meanwhile, so that no other process reads it. Confined to the first loop, except {@link #late} and {@link #watch}.
 */
final class KeptServers {

    private final LoopContext loop;
    private final PoolConfig former;
    private final PoolConfig next;
    private final LateKeys late;
    private final ServerMarkers markers;
    private final Route route;
    private final OldConnections old;
    private final KeyCopier copier;

    /** To the servers that leave, whose connections in the pool end at the switch. */
    private final List<ServerConnection> aside = new ArrayList<>();

    /** Connects to the servers that leave. */
    KeptServers(List<LoopView> loops, RebalanceRun.PoolChange change, KeyWalk.WalkLimits limits, MoveMarkers known) {
        this.loop = loops.get(0).loop();
        this.former = change.former().config();
        this.next = change.next().config();
        this.late = new LateKeys(next.copies().journalBytes());
        MoveMarker marker = new MoveMarker(loop.newId(), LayoutText.of(next), LayoutText.of(former));
        known.begins(marker);
        this.markers = new ServerMarkers(marker);
        List<ServerConnection> targets = change.former().all().stream()
                .map(server -> connection(server.state(), change, known))
                .toList();
        this.route = new Route(new MovePlan(next, former), change.next().all(), targets);
        this.old = new OldConnections(route, loops);
        this.copier = new KeyCopier(
                loop,
                change.next().bootstrap(),
                route,
                late,
                limits,
                next.timeouts().connect(),
                new TransferCounts(),
                new OwnWrites());
    }

    private ServerConnection connection(ServerState server, RebalanceRun.PoolChange change, MoveMarkers known) {
        ServerConnection stays = change.next().connectionTo(server);
        if (stays != null) {
            return stays;
        }
        ServerTimeouts timeouts = next.timeouts();
        ReconnectPolicy reconnect =
                new ReconnectPolicy(timeouts.retryMin(), timeouts.retryMax(), new SplittableRandom(loop.newId()));
        ServerState state = server.aside();
        state.rebalances(known);
        ServerConnection connection = new ServerConnection(
                loop, change.next().bootstrap(), state, timeouts, reconnect, new Backpressure(), null);
        connection.start();
        aside.add(connection);
        return connection;
    }

    /** As the side to which keys move in {@link LastStep}. */
    LastStep.Side side() {
        return new LastStep.Side(markers, route.targets());
    }

    /** Copies late keys. */
    KeyCopier copier() {
        return copier;
    }

    /** The keys whose copy at the former servers is out of date; any thread. */
    LateKeys late() {
        return late;
    }

    /** Has the writes of each next pool noted before it serves; call it while no request is in flight. */
    Consumer<Pool> watch() {
        late.restart();
        SentWrites sent = new SentWrites(route.sources().size());
        return pool -> pool.note(new MoveWatch(new MovePlan(next, former), late, sent));
    }

    /** The next servers serve: begins to copy what is written there. */
    void begin() {
        copier.follow();
    }

    /** Goes on with the copy; call it now and then. */
    void tick() {
        old.look(loop.nowNanos());
        copier.tick();
    }

    /** Whether the former servers may serve again after a short pause. */
    boolean mayReturn() {
        return late.size() < LastStep.FEW_KEYS && late.doubtfulCount() == 0 && copier.isReady() && copier.mayLead();
    }

    /** Calls {@code lost} if a former server has lost its items, or more was written than is remembered. */
    void look(Consumer<String> lost) {
        if (late.hasOverflowed()) {
            lost.accept("servers were flushed, or more keys were written than journal-bytes holds: no way back");
            return;
        }
        markers.areThere(route.targets()).thenAccept(there -> {
            if (!there) {
                lost.accept("a former server has lost its items: no way back");
            }
        });
    }

    /** Copies nothing more; {@link #isIdle} is soon true. */
    void stop() {
        copier.stop();
    }

    boolean isIdle() {
        return copier.isIdle();
    }

    /** Ends the connections to the servers that leave; nothing is to be sent to them any more. */
    void close() {
        copier.stop();
        aside.forEach(ServerConnection::close);
    }
}
