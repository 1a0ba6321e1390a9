package io.mempair.proxy.server;

import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.transfer.MoveMarkers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * At the start of a proxy: a process that ended in the middle of a rebalance has left markers, which name the servers that led.
 * They lead again before the first client is served, so that no key is missed, and the rebalance begins anew. Any thread.
 */
final class UnfinishedRebalance {

    private static final Logger LOG = LoggerFactory.getLogger(UnfinishedRebalance.class);

    /** Longest wait for the first answer of every server, and then for those that led. */
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private static final long LOOK_MILLIS = 10;

    private final OneLoop home;
    private final SetupInUse setup;
    private final Function<ProxyConfig, CompletableFuture<Void>> follow;
    private @Nullable CompletableFuture<Void> settled;
    private @Nullable ProxyConfig wanted;

    /** @param follow  changes the servers */
    UnfinishedRebalance(OneLoop home, SetupInUse setup, Function<ProxyConfig, CompletableFuture<Void>> follow) {
        this.home = home;
        this.setup = setup;
        this.follow = follow;
    }

    /** Completes when it is known which servers lead, and they do; never fails. Later calls have no effect. */
    synchronized CompletableFuture<Void> settle() {
        if (settled == null) {
            settled =
                    setup.get().config().pool().rebalance().copies() ? look() : CompletableFuture.completedFuture(null);
        }
        return settled;
    }

    /** Whether that is known. */
    synchronized boolean isSettled() {
        return settled != null && settled.isDone();
    }

    /** What is to follow once clients are served: the configuration of the file, whose servers do not lead yet; null if they do. */
    synchronized @Nullable ProxyConfig takeWanted() {
        ProxyConfig next = wanted;
        wanted = null;
        return next;
    }

    private synchronized void wants(ProxyConfig config) {
        wanted = config;
    }

    private CompletableFuture<Void> look() {
        ProxyConfig file = setup.get().config();
        return await(server -> server.up() || server.lastFailure().isPresent())
                .thenCompose(tried -> former(file.pool())
                        .map(former -> goBack(file, former))
                        .orElseGet(() -> CompletableFuture.completedFuture(null)))
                .exceptionally(failure -> {
                    notResumed(failure);
                    return null;
                });
    }

    private Optional<PoolConfig> former(PoolConfig pool) {
        MoveMarkers markers = setup.get().markers();
        Set<ServerAddress> refused = markers.refused().keySet();
        Set<ServerAddress> askable = setup.get().servers().stream()
                .filter(server -> server.up() || refused.contains(server.address()))
                .map(ServerState::address)
                .collect(Collectors.toSet());
        return markers.formerOf(pool, askable);
    }

    private CompletableFuture<Void> goBack(ProxyConfig file, PoolConfig former) {
        List<ServerAddress> servers = former.servers();
        LOG.atWarn()
                .addKeyValue("servers", servers)
                .log(
                        "a rebalance was not finished: {} serve as before it, and it begins again event=rebalance_resumed",
                        servers);
        return follow.apply(file.with(former)).thenRun(() -> wants(file)).thenCompose(led -> await(ServerState::up));
    }

    /** The rebalance does not go on: the operator must say what follows. */
    static void notResumed(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        String reason = String.valueOf(cause.getMessage());
        LOG.atWarn()
                .addKeyValue("reason", reason)
                .log(
                        "the rebalance that was not finished does not begin again: {} event=rebalance_not_resumed",
                        reason);
    }

    /** Completes when every server is so, or the time is over. */
    private CompletableFuture<Void> await(Predicate<ServerState> isSo) {
        CompletableFuture<Void> all = new CompletableFuture<>();
        look(isSo, all);
        return all.completeOnTimeout(null, LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look(Predicate<ServerState> isSo, CompletableFuture<Void> all) {
        if (all.isDone()) {
            return;
        }
        if (setup.get().servers().stream().allMatch(isSo)) {
            all.complete(null);
        } else {
            home.context().eventLoop().schedule(() -> look(isSo, all), LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
