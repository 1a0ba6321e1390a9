package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.KeyDump;
import io.mempair.proxy.backend.MarkerRequest;
import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.rebalance.MoveForecast;
import io.mempair.proxy.rebalance.ServerHoldings;
import io.mempair.proxy.replication.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Whether servers can take part in a rebalance, before anything changes. Confined to its loop. */
public final class ServerCheck {

    /** Seconds for all answers of one server. */
    private static final long LIMIT_SECONDS = 5;

    private final LoopContext loop;
    private final Pool pool;

    private ServerCheck(LoopContext loop, Pool pool) {
        this.loop = loop;
        this.pool = pool;
    }

    /**
     * Asks every server of both pools.
     *
     * @param former  the pool of this loop that serves
     * @param next    the pool of this loop that is to serve; connected, or tried
     * @return fails with {@link IllegalArgumentException} for the first server that cannot take part
     */
    public static CompletableFuture<Void> of(LoopContext loop, Pool former, Pool next) {
        ServerCheck check = new ServerCheck(loop, next);
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        former.all().stream()
                .filter(server -> !check.mayBeAway(former, server))
                .forEach(server -> answers.add(check.ask(server, true)));
        next.all().stream()
                .filter(server -> former.connectionTo(server.state()) == null)
                .forEach(server -> answers.add(check.ask(server, false)));
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenComposeAsync(
                        able -> next.config().rebalance().mayEvict()
                                ? CompletableFuture.completedFuture(null)
                                : check.room(former),
                        loop.eventLoop());
    }

    /** Whether it is gone, leaves, and the other copies of its keys are there. */
    private boolean mayBeAway(Pool former, ServerConnection server) {
        return !server.usable() && former.backups() != null && pool.connectionTo(server.state()) == null;
    }

    /** Fails if the memory of a next server is less than it will hold. */
    private CompletableFuture<Void> room(Pool former) {
        Map<ServerAddress, ServerHoldings> held = new HashMap<>();
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        Stream.concat(former.all().stream(), pool.all().stream())
                .distinct()
                .filter(server -> !mayBeAway(former, server))
                .forEach(server -> answers.add(HoldingsQuery.of(server)
                        .thenAccept(stats -> held.put(server.state().address(), stats))));
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
                .thenAccept(all -> {
                    MoveForecast forecast = MoveForecast.of(former.config(), pool.config(), held);
                    forecast.full().stream().findFirst().ifPresent(full -> {
                        throw new IllegalArgumentException(tooSmall(full));
                    });
                });
    }

    private static String tooSmall(MoveForecast.ServerForecast full) {
        return "rebalance: copy: server " + full.server() + " has room for "
                + megabytes(full.now().limitBytes())
                + " and will hold about " + megabytes(full.mostBytes()) + " before the keys that leave it are deleted:"
                + " give it more memory (-m), or set rebalance-full: evict; nothing was changed";
    }

    private static String megabytes(long bytes) {
        return ((bytes + (1 << 20) - 1) >> 20) + " MB";
    }

    private CompletableFuture<Void> ask(ServerConnection server, boolean mayHoldItems) {
        if (!server.usable()) {
            return refused(
                    server,
                    "cannot be reached: " + server.state().lastFailure().orElse("no answer")
                            + " (start it, or leave it out)");
        }
        if (!server.speaksMeta()) {
            return refused(server, "is older than memcached 1.6.10, or a proxy: it cannot say how long items live");
        }
        return listsKeys(server)
                .thenComposeAsync(
                        holds -> !holds || mayHoldItems
                                ? CompletableFuture.completedFuture(null)
                                : markedAtLeast(server),
                        loop.eventLoop())
                .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private static <T> CompletableFuture<T> refused(ServerConnection server, String why) {
        return CompletableFuture.failedFuture(new IllegalArgumentException(
                "rebalance: copy: server " + server.state().address() + ' ' + why + "; nothing was changed"));
    }

    /** Whether the server holds an item that is not the proxy's own; fails if it cannot list its keys. */
    private CompletableFuture<Boolean> listsKeys(ServerConnection server) {
        CompletableFuture<Boolean> holds = new CompletableFuture<>();
        Duration connectTimeout = pool.config().timeouts().connect();
        KeyDump.DumpListener listener = new KeyDump.DumpListener() {
            @Override
            public void key(Key key) {
                if (!OwnKeys.isOne(key)) {
                    holds.complete(true);
                }
            }

            @Override
            public void ended() {
                holds.complete(false);
            }

            @Override
            public void failed(String reason) {
                holds.completeExceptionally(new IllegalArgumentException("rebalance: copy: server "
                        + server.state().address() + " cannot list its keys: " + reason + " (start it without"
                        + " -o no_lru_crawler); nothing was changed"));
            }
        };
        KeyDump dump = KeyDump.start(loop, pool.bootstrap(), server.state(), connectTimeout, true, listener);
        holds.whenComplete((done, failure) -> loop.eventLoop().execute(dump::close));
        return holds;
    }

    /** What a rebalance that was given up has left there is swept anyway. */
    private CompletableFuture<Void> markedAtLeast(ServerConnection server) {
        CompletableFuture<Void> marked = new CompletableFuture<>();
        Runnable holdsItems = () -> refused(server, "holds items: flush it first")
                .whenComplete((never, failure) -> marked.completeExceptionally(failure));
        MarkerRequest.ask(
                server,
                found -> {
                    if (found.isPresent()) {
                        marked.complete(null);
                    } else {
                        holdsItems.run();
                    }
                },
                holdsItems);
        return marked;
    }
}
