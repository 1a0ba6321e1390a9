package io.mempair.proxy.server;

import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.TlsListenerConfig;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.tls.TlsContexts;
import io.mempair.proxy.transfer.RebalanceProgress;
import io.mempair.proxy.transfer.RebalanceRun;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Changes the setup of a running proxy: new servers are connected to first, then every loop gets its next pool between two
 * turns, in a {@link QuiescedReload} where copies of keys change places. One change at a time; any thread.
 */
final class SetupChange {

    /** Longest wait for new servers; they continue connecting afterwards. */
    private static final Duration PREPARE_LIMIT = Duration.ofSeconds(5);

    /** Multiple of the request timeout: an ordered write asks one server, then the other, and copies the item. */
    private static final int TIMEOUTS_OF_A_WRITE = 4;

    /** Allowance for late timers. */
    private static final Duration LATE_TIMERS = Duration.ofSeconds(1);

    private final List<OneLoop> loops;
    private final SetupInUse setup;
    private final OffLoopResolver resolver;
    private final Listeners listeners;
    private final ServerGauges gauges;
    private final Rebalances rebalances;
    private final UnfinishedRebalance unfinished;

    /** Pools of a rebalance that is under way; they serve nobody yet. */
    private volatile List<Pool> waiting = List.of();

    private final AtomicBoolean reloading = new AtomicBoolean();

    /**
     * @param loops      of the proxy
     * @param setup      in use; replaced by a change
     * @param resolver   of the servers' names
     * @param listeners  show the next certificate to new clients
     * @param gauges     of the servers in use
     */
    SetupChange(
            List<OneLoop> loops, SetupInUse setup, OffLoopResolver resolver, Listeners listeners, ServerGauges gauges) {
        this.loops = loops;
        this.setup = setup;
        this.resolver = resolver;
        this.listeners = listeners;
        this.gauges = gauges;
        this.rebalances = new Rebalances(loops);
        this.unfinished = new UnfinishedRebalance(loops.get(0), setup, former -> follow(former, MovedNames.NONE));
    }

    /** Follows {@code next}, as {@link Proxy#reload}. */
    CompletionStage<List<String>> to(ProxyConfig next) {
        List<String> fixed = setup.get().needsRestart(next);
        if (!fixed.isEmpty()) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException("needs a restart: " + String.join(", ", fixed)));
        }
        if (!reloading.compareAndSet(false, true)) {
            return CompletableFuture.failedFuture(new IllegalStateException("another reload is under way"));
        }
        return rebalances
                .makeWayFor(setup.get().config().pool(), next.pool())
                .thenCompose(free -> MovedNames.among(setup.get().servers(), resolver::addressesOf))
                .thenCompose(moved -> followOrRebalance(next, moved))
                .whenComplete((done, failure) -> reloading.set(false));
    }

    private CompletableFuture<List<String>> followOrRebalance(ProxyConfig next, MovedNames moved) {
        Setup now = setup.get();
        PoolConfig pool = now.config().pool();
        Optional<String> refusal = Rebalances.refusal(pool, next.pool(), now.markers());
        if (refusal.isPresent()) {
            return CompletableFuture.failedFuture(new IllegalArgumentException(refusal.get()));
        }
        if (!Rebalances.isWanted(pool, next.pool())) {
            return follow(next, moved).thenApply(done -> moved.remarks());
        }
        List<String> remarks = new ArrayList<>(moved.remarks());
        remarks.add("the keys that move are copied first: see 'mempair rebalance'");
        PoolConfig former = next.pool().placedBy(pool.primaries(), pool.placement());
        return check(next, moved)
                .thenCompose(fit -> follow(next.with(former), moved))
                .thenCompose(led -> rebalance(next))
                .thenApply(begun -> remarks);
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
        return prepare(following)
                .thenCompose(pools -> following
                        .unreachable(now, moved)
                        .map(why -> CompletableFuture.<Void>failedFuture(new IllegalArgumentException(why)))
                        .orElseGet(() -> rebalances.check(pools.get(0)))
                        .whenComplete((fit, failure) -> abandon(now, pools)));
    }

    private CompletableFuture<Void> rebalance(ProxyConfig next) {
        Setup now = setup.get();
        Setup following = now.next(next, MovedNames.NONE);
        return prepare(following).thenCompose(pools -> {
            waiting = pools;
            return rebalances
                    .begin(
                            pools.get(0),
                            now.markers(),
                            new ServerSwitch(now.config().pool(), following, pools))
                    .whenComplete((run, failure) -> {
                        if (run == null) {
                            abandon(now, pools);
                        } else {
                            run.over().whenComplete((phase, never) -> ended(following, pools));
                        }
                    })
                    .thenApply(run -> null);
        });
    }

    /** Changes the servers of all loops from those of a rebalance to the others. */
    private final class ServerSwitch implements RebalanceRun.Switcher {

        private final PoolConfig former;
        private final Setup following;
        private final List<Pool> pools;

        ServerSwitch(PoolConfig former, Setup following, List<Pool> pools) {
            this.former = former;
            this.following = following;
            this.pools = pools;
        }

        @Override
        public CompletionStage<Void> switchOver(Supplier<CompletableFuture<Void>> lastStep, Consumer<Pool> beforeUse) {
            return quiesced(() -> lastStep.get().thenCompose(equal -> change(following, pools, beforeUse)));
        }

        @Override
        public CompletionStage<Void> switchBack(Supplier<CompletableFuture<Void>> lastStep) {
            Setup now = setup.get();
            Setup back = now.next(now.config().with(former), MovedNames.NONE);
            return prepare(back)
                    .thenCompose(again -> quiesced(
                                    () -> lastStep.get().thenCompose(equal -> change(back, again, pool -> {})))
                            .whenComplete((done, failure) -> {
                                if (failure != null) {
                                    abandon(now, again);
                                }
                            }));
        }
    }

    /** The next pools are closed, unless they serve. */
    private void ended(Setup following, List<Pool> pools) {
        waiting = List.of();
        if (!setup.get().equals(following)) {
            abandon(setup.get(), pools);
        }
    }

    /** Completes when it is known which servers lead, before the first client is served; never fails. */
    CompletableFuture<Void> settle() {
        return unfinished.settle();
    }

    /** Clients are served: goes on with what a process before this one did not finish. */
    void resume() {
        ProxyConfig wanted = unfinished.takeWanted();
        if (wanted != null) {
            to(wanted).exceptionally(failure -> {
                UnfinishedRebalance.notResumed(failure);
                return List.of();
            });
        }
    }

    /** The rebalance that is under way, or the last one. */
    Optional<RebalanceProgress> rebalance() {
        return rebalances.progress();
    }

    /** As {@link Proxy#finishRebalance}. */
    CompletionStage<String> finishRebalance() {
        return rebalances.finish();
    }

    /** As {@link Proxy#abortRebalance}. */
    CompletionStage<String> abortRebalance() {
        return rebalances.abort();
    }

    /** The proxy closes. */
    void close() {
        List<Pool> pools = waiting;
        for (int i = 0; i < pools.size(); i++) {
            loops.get(i).run(pools.get(i)::abandon);
        }
    }

    /** Fails, and nothing has changed, as {@link #to}. */
    private CompletableFuture<Void> follow(ProxyConfig next, MovedNames moved) {
        Setup earlier = setup.get();
        Setup following;
        SslContext certificate;
        try {
            following = earlier.next(next, moved);
            certificate = nextCertificate(next);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        return prepare(following)
                .thenCompose(pools -> following
                        .unreachable(earlier, moved)
                        .map(why -> CompletableFuture.<Void>failedFuture(new IllegalArgumentException(why)))
                        .orElseGet(() -> earlier.keepsPlaces(following)
                                ? change(following, pools, pool -> {})
                                : quiesced(() -> change(following, pools, pool -> {})))
                        .whenComplete((done, failure) -> {
                            if (failure != null) {
                                abandon(earlier, pools);
                            } else if (certificate != null) {
                                listeners.show(certificate);
                            }
                        }));
    }

    /** The next certificate, built before anything changes because the JDK may refuse it; null if it stays the same. */
    private @Nullable SslContext nextCertificate(ProxyConfig next) {
        TlsListenerConfig tls = next.listeners().tls();
        boolean changes = !next.listeners().equals(setup.get().config().listeners());
        return tls != null && changes ? TlsContexts.forClients(tls) : null;
    }

    private CompletableFuture<Void> quiesced(Supplier<CompletableFuture<Void>> step) {
        Duration request = setup.get().config().pool().timeouts().request();
        return QuiescedReload.during(
                loops, request.multipliedBy(TIMEOUTS_OF_A_WRITE).plus(LATE_TIMERS), step);
    }

    /** The change has failed: everything stays as it was. */
    private void abandon(Setup earlier, List<Pool> pools) {
        earlier.tellServers();
        for (int i = 0; i < pools.size(); i++) {
            loops.get(i).run(pools.get(i)::abandon);
        }
    }

    /** Makes a pool for each loop, and connects to new servers or tries to. */
    private CompletableFuture<List<Pool>> prepare(Setup following) {
        List<CompletableFuture<Pool>> ready = new ArrayList<>();
        for (OneLoop loop : loops) {
            ready.add(
                    loop.supply(() -> loop.plan().pool().next(following.config().pool(), following.servers()))
                            .thenCompose(pool -> loop.supply(pool::start)
                                    .thenCompose(connecting -> connecting)
                                    .completeOnTimeout(null, PREPARE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                                    .thenApply(connected -> pool)));
        }
        return CompletableFuture.allOf(ready.toArray(CompletableFuture[]::new))
                .thenApply(done -> ready.stream().map(CompletableFuture::join).toList());
    }

    /** @param beforeUse  called with each pool, on its loop, before that serves */
    private CompletableFuture<Void> change(Setup following, List<Pool> pools, Consumer<Pool> beforeUse) {
        List<CompletableFuture<Void>> changed = new ArrayList<>();
        for (int i = 0; i < pools.size(); i++) {
            OneLoop loop = loops.get(i);
            Pool pool = pools.get(i);
            changed.add(loop.run(() -> {
                beforeUse.accept(pool);
                loop.plan()
                        .change(
                                pool,
                                following.config().limits(),
                                following.config().policy());
                loop.clients().planChanged();
            }));
        }
        setup.set(following);
        following.tellServers();
        gauges.show(following);
        return CompletableFuture.allOf(changed.toArray(CompletableFuture[]::new));
    }
}
