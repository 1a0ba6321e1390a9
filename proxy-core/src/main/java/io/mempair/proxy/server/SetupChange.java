package io.mempair.proxy.server;

import io.mempair.proxy.config.LayoutText;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.TlsListenerConfig;
import io.mempair.proxy.loop.Fence;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.replication.LayoutInForce;
import io.mempair.proxy.tls.TlsContexts;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    private final KeyMoves moves;
    private final AtomicBoolean reloading = new AtomicBoolean();

    /** The last change that has begun or waits; the next one begins when it has ended. */
    private CompletableFuture<?> lastChange = CompletableFuture.completedFuture(null);

    /**
     * @param loops      of the proxy
     * @param setup      in use; replaced by a change
     * @param resolver   of the servers' names
     * @param listeners  show the next certificate to new clients
     * @param gauges     of the servers in use
     * @param fence      whether this proxy serves
     * @param layout     which servers lead, as the peers are told
     */
    SetupChange(
            List<OneLoop> loops,
            SetupInUse setup,
            OffLoopResolver resolver,
            Listeners listeners,
            ServerGauges gauges,
            Fence fence,
            LayoutInForce layout) {
        this.loops = loops;
        this.setup = setup;
        this.resolver = resolver;
        this.listeners = listeners;
        this.gauges = gauges;
        this.moves = new KeyMoves(this, loops, setup, fence, layout);
    }

    /** What becomes of keys that a change moves. */
    KeyMoves moves() {
        return moves;
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
        return inTurn(() -> moves.makeWayFor(next.pool())
                        .thenCompose(free -> MovedNames.among(setup.get().servers(), resolver::addressesOf))
                        .thenCompose(moved -> moves.follow(next, moved)))
                .whenComplete((done, failure) -> reloading.set(false));
    }

    /** Runs a change when the one before it has ended. */
    synchronized <T> CompletableFuture<T> inTurn(Supplier<CompletableFuture<T>> change) {
        CompletableFuture<T> begun = lastChange.handle((done, failure) -> done).thenCompose(free -> change.get());
        lastChange = begun;
        return begun;
    }

    /** Fails, and nothing has changed, as {@link #to}. */
    CompletableFuture<Void> follow(ProxyConfig next, MovedNames moved) {
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

    /** Runs a step while no request is in flight and no client is read. */
    CompletableFuture<Void> quiesced(Supplier<CompletableFuture<Void>> step) {
        Duration request = setup.get().config().pool().timeouts().request();
        return QuiescedReload.during(
                loops, request.multipliedBy(TIMEOUTS_OF_A_WRITE).plus(LATE_TIMERS), step);
    }

    /** The change has failed: everything stays as it was. */
    void abandon(Setup earlier, List<Pool> pools) {
        earlier.tellServers();
        for (int i = 0; i < pools.size(); i++) {
            loops.get(i).run(pools.get(i)::abandon);
        }
    }

    /** Makes a pool for each loop, and connects to new servers or tries to. */
    CompletableFuture<List<Pool>> prepare(Setup following) {
        return prepare(following, PREPARE_LIMIT);
    }

    /** As {@link #prepare(Setup)}, for at most that long. */
    CompletableFuture<List<Pool>> prepare(Setup following, Duration limit) {
        List<CompletableFuture<Pool>> ready = new ArrayList<>();
        for (OneLoop loop : loops) {
            ready.add(
                    loop.supply(() -> loop.plan().pool().next(following.config().pool(), following.servers()))
                            .thenCompose(pool -> loop.supply(pool::start)
                                    .thenCompose(connecting -> connecting)
                                    .completeOnTimeout(null, limit.toMillis(), TimeUnit.MILLISECONDS)
                                    .thenApply(connected -> pool)));
        }
        return CompletableFuture.allOf(ready.toArray(CompletableFuture[]::new))
                .thenApply(done -> ready.stream().map(CompletableFuture::join).toList());
    }

    /**
     * Has these pools serve.
     *
     * @param beforeUse  called with each pool, on its loop, before that serves
     */
    CompletableFuture<Void> change(Setup following, List<Pool> pools, Consumer<Pool> beforeUse) {
        if (!LayoutText.of(setup.get().config().pool())
                .equals(LayoutText.of(following.config().pool()))) {
            following.casIds().keysMove();
        }
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
