package io.mempair.proxy.server;

import io.mempair.proxy.config.LayoutText;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.loop.Fence;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.replication.LayoutInForce;
import io.mempair.proxy.replication.LayoutKnowledge;
import io.mempair.proxy.replication.LayoutStage;
import io.mempair.proxy.transfer.MarkerLook;
import io.mempair.proxy.transfer.RebalanceRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * What becomes of keys that a change of the servers moves: they are copied before, if the configuration wants that, and the peers know of it; and what a process
 * before this one, or another node, did not finish goes on. Any thread.
 */
final class KeyMoves {

    /** Longest wait for the other node to acknowledge that keys are going to move. */
    private static final Duration PEERS_LIMIT = Duration.ofSeconds(2);

    private static final String NOT_ACKNOWLEDGED =
            "rebalance: copy: the other node does not acknowledge that keys are going to"
                    + " move: it may run an older version, or place keys differently (see 'mempair status')."
                    + " Upgrade it, give it the same file and reload it, or stop it; nothing was changed";

    /** Longest wait for servers whose markers are to be looked at; nobody is served meanwhile. */
    private static final Duration LOOK_LIMIT = Duration.ofMillis(500);

    /** Pause before what another node did not finish is tried again. */
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(5);

    private final SetupChange changes;
    private final List<OneLoop> loops;
    private final SetupInUse setup;
    private final Fence fence;
    private final LayoutInForce layout;
    private final Rebalances rebalances;
    private final UnfinishedRebalance unfinished;
    private final LayoutFollower follower;

    /** Pools of a rebalance that is under way; they serve nobody yet. */
    private volatile List<Pool> waiting = List.of();

    /** Until this node can serve; not done while that is being found out. */
    private CompletableFuture<Void> settling = CompletableFuture.completedFuture(null);

    /**
     * @param changes  changes the servers
     * @param fence    whether this proxy serves
     * @param layout   which servers lead, as the peers are told
     */
    KeyMoves(SetupChange changes, List<OneLoop> loops, SetupInUse setup, Fence fence, LayoutInForce layout) {
        this.changes = changes;
        this.loops = loops;
        this.setup = setup;
        this.fence = fence;
        this.layout = layout;
        this.rebalances = new Rebalances(loops, layout);
        this.follower = new LayoutFollower(setup, layout, fence::isClosed, new FollowerChanges());
        this.unfinished =
                new UnfinishedRebalance(loops.get(0), setup, former -> changes.follow(former, MovedNames.NONE));
    }

    /** The rebalances of this proxy. */
    Rebalances rebalances() {
        return rebalances;
    }

    /** Completes when a reload to that pool may begin. */
    CompletableFuture<Void> makeWayFor(PoolConfig next) {
        return rebalances.makeWayFor(setup.get().config().pool(), next);
    }

    /** Follows a file that was read again; completes with remarks for the operator. */
    CompletableFuture<List<String>> follow(ProxyConfig next, MovedNames moved) {
        return (fence.isClosed() ? standBy(next, moved) : serveBy(next, moved)).thenApply(remarks -> {
            follower.reloaded(next);
            return remarks;
        });
    }

    /** Keys are placed as the active node says; what the file says of that counts when it is reloaded there. */
    private CompletableFuture<List<String>> standBy(ProxyConfig next, MovedNames moved) {
        ProxyConfig placed = follower.placed(next);
        List<String> remarks = new ArrayList<>(moved.remarks());
        if (!LayoutText.of(placed.pool()).equals(LayoutText.of(next.pool()))) {
            remarks.add("keys are placed by " + placed.pool().servers()
                    + ", as the active node says: reload it there, which moves the keys");
        }
        return changes.follow(placed, moved).thenApply(done -> remarks);
    }

    private CompletableFuture<List<String>> serveBy(ProxyConfig next, MovedNames moved) {
        return followOrRebalance(next, moved).thenApply(remarks -> {
            if (!rebalances.isUnderWay()) {
                tellWhoLeads();
            }
            return remarks;
        });
    }

    /** Tells the peers by which servers this node places keys, if its reloads copy keys. */
    private void tellWhoLeads() {
        PoolConfig pool = setup.get().config().pool();
        boolean tells = pool.rebalance().copies();
        layout.tell(tells ? LayoutKnowledge.settled(LayoutText.of(pool)) : LayoutKnowledge.NONE);
    }

    private CompletableFuture<List<String>> followOrRebalance(ProxyConfig next, MovedNames moved) {
        Setup now = setup.get();
        PoolConfig pool = now.config().pool();
        Optional<String> refusal = Rebalances.refusal(pool, next.pool(), now.markers());
        if (refusal.isPresent()) {
            return CompletableFuture.failedFuture(new IllegalArgumentException(refusal.get()));
        }
        if (!Rebalances.isWanted(pool, next.pool())) {
            return changes.follow(next, moved).thenApply(done -> moved.remarks());
        }
        List<String> remarks = new ArrayList<>(moved.remarks());
        remarks.add("the keys that move are copied first: see 'mempair rebalance'");
        PoolConfig former = next.pool().placedAs(pool);
        LayoutKnowledge before = layout.current();
        return check(next, moved)
                .thenCompose(fit -> tellPeers(former, next.pool()))
                .thenCompose(told -> changes.follow(next.with(former), moved)
                        .thenCompose(led -> rebalance(next, RebalanceRun.FirstStep.FILL))
                        .whenComplete((begun, failure) -> {
                            if (failure != null) {
                                layout.tell(before);
                            }
                        }))
                .thenApply(begun -> remarks);
    }

    /** A peer that does not know of the copies must not take over while there are any. */
    private CompletableFuture<Void> tellPeers(PoolConfig former, PoolConfig next) {
        LayoutKnowledge before = layout.current();
        CompletableFuture<Void> acknowledged =
                layout.tell(new LayoutKnowledge(LayoutText.of(former), LayoutText.of(next), LayoutStage.FILLING));
        return acknowledged
                .copy()
                .orTimeout(PEERS_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(silent -> {
                    layout.tell(before);
                    return CompletableFuture.failedFuture(new IllegalStateException(NOT_ACKNOWLEDGED));
                });
    }

    /** Connects to the next servers for as long as it takes to find out whether they can take part. */
    private CompletableFuture<Void> check(ProxyConfig next, MovedNames moved) {
        Setup now = setup.get();
        Setup following;
        try {
            following = now.next(next, moved);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        return changes.prepare(following)
                .thenCompose(pools -> following
                        .unreachable(now, moved)
                        .map(why -> CompletableFuture.<Void>failedFuture(new IllegalArgumentException(why)))
                        .orElseGet(() -> rebalances.check(pools.get(0)))
                        .whenComplete((fit, failure) -> changes.abandon(now, pools)));
    }

    /** @param next  with the servers that keys are to move to or, at another first step, that are emptied */
    private CompletableFuture<Void> rebalance(ProxyConfig next, RebalanceRun.FirstStep first) {
        return rebalances.over().thenCompose(free -> beginRebalance(next, first));
    }

    private CompletableFuture<Void> beginRebalance(ProxyConfig next, RebalanceRun.FirstStep first) {
        Setup now = setup.get();
        now.casIds().keysMayMove();
        Setup following = now.next(next, MovedNames.NONE);
        return changes.prepare(following).thenCompose(pools -> {
            waiting = pools;
            return rebalances
                    .begin(
                            pools.get(0),
                            first,
                            now.markers(),
                            new ServerSwitch(changes, setup, now.config().pool(), following, pools))
                    .whenComplete((run, failure) -> {
                        if (run == null) {
                            changes.abandon(now, pools);
                        } else {
                            run.over().whenComplete((phase, never) -> ended(following, pools));
                        }
                    })
                    .thenApply(run -> null);
        });
    }

    /** The next pools are closed, unless they serve. What was told meanwhile is looked at again. */
    private void ended(Setup following, List<Pool> pools) {
        waiting = List.of();
        if (!setup.get().equals(following)) {
            changes.abandon(setup.get(), pools);
        }
        follower.learned();
    }

    private final class FollowerChanges implements LayoutFollower.ServerChanges {

        @Override
        public CompletableFuture<Void> follow(ProxyConfig next) {
            return changes.follow(next, MovedNames.NONE);
        }

        @Override
        public CompletableFuture<LayoutKnowledge.MarkersSeen> look(LayoutKnowledge told, PoolConfig other) {
            Setup now = setup.get();
            Setup both = now.next(now.config().with(other), MovedNames.NONE);
            OneLoop home = loops.get(0);
            return changes.prepare(both, LOOK_LIMIT)
                    .thenCompose(pools -> home.supply(() -> MarkerLook.at(
                                    home.context(),
                                    told,
                                    home.plan().pool().all(),
                                    pools.get(0).all(),
                                    now.markers()))
                            .thenCompose(seen -> seen)
                            .whenComplete((seen, failure) -> changes.abandon(now, pools)));
        }

        @Override
        public CompletableFuture<Void> inTurn(Function<ProxyConfig, CompletableFuture<Void>> change) {
            return changes.inTurn(() -> change.apply(setup.get().config()));
        }
    }

    /** The active node has told of its servers. */
    void layoutLearned() {
        if (layout.current().isMoving()) {
            setup.get().casIds().keysMayMove();
        }
        follower.learned();
    }

    /** As {@link Proxy#agreedPools}. */
    List<PoolConfig> agreedPools() {
        return follower.agreedPools();
    }

    /** Completes when it is known which servers lead, before the first client is served; never fails. */
    synchronized CompletableFuture<Void> settle() {
        if (settling.isDone() && !fence.isOpen() && !isSettled()) {
            settling = follower.isTold() ? follower.succeed() : changes.inTurn(unfinished::settle);
        }
        return settling;
    }

    /** Whether nothing is to be found out: a take-over must not wait for a reload that waits for a server. */
    private boolean isSettled() {
        return follower.isTold()
                ? follower.leadsAsTold()
                : unfinished.isSettled()
                        || !setup.get().config().pool().rebalance().copies();
    }

    /** Clients are served: goes on with what a process before this one, or another node, did not finish. */
    void resume() {
        LayoutKnowledge taken = follower.takeSuccession();
        ProxyConfig unfinishedStart = unfinished.takeWanted();
        if (taken != null && taken.isMoving()) {
            goOnUntilBegun(taken, false);
            return;
        }
        if (!rebalances.isUnderWay()) {
            tellWhoLeads();
        }
        if (unfinishedStart != null) {
            changes.to(unfinishedStart).exceptionally(failure -> {
                UnfinishedRebalance.notResumed(failure);
                return List.of();
            });
        }
    }

    /** What fails, because a server does not answer in time for example, is tried again while nothing else was decided. */
    private void goOnUntilBegun(LayoutKnowledge taken, boolean again) {
        changes.inTurn(() -> isOutstanding(taken, again) ? goOn(taken) : CompletableFuture.<Void>completedFuture(null))
                .exceptionally(failure -> {
                    UnfinishedRebalance.notResumed(failure);
                    loops.get(0)
                            .context()
                            .eventLoop()
                            .schedule(() -> goOnUntilBegun(taken, true), AGAIN_AFTER.toMillis(), TimeUnit.MILLISECONDS);
                    return null;
                });
    }

    private boolean isOutstanding(LayoutKnowledge taken, boolean again) {
        return fence.isOpen() && layout.current().equals(taken) && !(again && rebalances.isUnderWay());
    }

    private CompletableFuture<Void> goOn(LayoutKnowledge taken) {
        Setup now = setup.get();
        ProxyConfig other =
                now.config().with(LayoutText.read(taken.other(), now.config().pool()));
        other.pool().servers().forEach(now.markers()::leftBehind);
        return switch (taken.stage()) {
            case FILLING ->
                other.pool().rebalance().copies()
                        ? followOrRebalance(other, MovedNames.NONE).thenApply(begun -> null)
                        : CompletableFuture.failedFuture(new IllegalStateException(
                                "rebalance: off in the file of this node (set it to copy and reload)"));
            case KEEPING -> rebalance(other, RebalanceRun.FirstStep.TIDY);
            case DROPPING -> rebalance(other, RebalanceRun.FirstStep.UNDO);
            case SETTLED, SWITCHING, RETURNING -> throw new AssertionError("not so at a take-over: " + taken);
        };
    }

    /** The proxy closes. */
    void close() {
        List<Pool> pools = waiting;
        for (int i = 0; i < pools.size(); i++) {
            loops.get(i).run(pools.get(i)::abandon);
        }
    }
}
