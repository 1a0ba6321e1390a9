package io.mempair.proxy.transfer;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.rebalance.MoveForecast;
import io.mempair.proxy.rebalance.SentWrites;
import io.mempair.proxy.rebalance.ServerHoldings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Compares what the servers of a rebalance count with what was sent to them from here, while keys are copied. Writes that this proxy did not
 * send are not noted, so their keys would be old after the switch; and a server that drops items while it gets keys is too small.
 * Confined to its loop, except {@link #expectedKeys} and {@link #evicted}.
 */
final class ServerAudit {

    /** Writes of others that are overlooked: what a server counts and what was sent need not agree to the last one. */
    private static final long TOLERATED_WRITES = 32;

    /** And one in so many of all writes. */
    private static final long TOLERATED_PART = 200;

    /** Writes at most to each server in one try: two markers change, and change back. */
    private static final int MARKERS_OF_A_SWITCH = 4;

    /** A server at the beginning of the copy. */
    private record Baseline(ServerHoldings stats, long sent, long own) {}

    private final Route route;
    private final PoolConfig former;
    private final PoolConfig next;
    private final SentWrites sent;
    private final OwnWrites own;
    private final List<ServerConnection> servers;
    private final Map<ServerConnection, Baseline> baselines = new HashMap<>();
    private volatile long expectedKeys;
    private volatile long evicted;
    private int begun;
    private int finished;
    private int required;

    /**
     * @param sent  counts what clients write from here on
     * @param own   counts what the rebalance writes
     */
    ServerAudit(Route route, PoolConfig former, PoolConfig next, SentWrites sent, OwnWrites own) {
        this.route = route;
        this.former = former;
        this.next = next;
        this.sent = sent;
        this.own = own;
        this.servers = Stream.concat(route.sources().stream(), route.targets().stream())
                .distinct()
                .toList();
    }

    /** Finds nothing until it begins again: what a sweep deletes is not counted here. */
    void forget() {
        baselines.clear();
    }

    /** A switch is about to be tried, which changes markers, perhaps in vain. */
    void switching() {
        servers.forEach(server -> own.sending(server, MARKERS_OF_A_SWITCH));
    }

    /**
     * Begins, before keys are copied: no write that was sent before writes were noted is under way any more.
     *
     * @param sentBefore  what {@code sent} said before writes were noted
     * @return fails if a server does not answer
     */
    CompletableFuture<Void> begin(long[] sentBefore) {
        return askAll().thenAccept(answers -> {
            baselines.clear();
            Map<ServerAddress, ServerHoldings> held = new HashMap<>();
            answers.forEach((server, stats) -> {
                int source = route.sources().indexOf(server);
                baselines.put(server, new Baseline(stats, source < 0 ? 0 : sentBefore[source], own.to(server)));
                held.put(server.state().address(), stats);
            });
            expectedKeys = MoveForecast.of(former, next, held).keys();
            evicted = 0;
        });
    }

    /** With two copies a server that leaves may be gone: the other copies of its keys are there. */
    private boolean mayBeAway(ServerConnection server) {
        return former.hasBackupTier() && !server.usable() && !route.targets().contains(server);
    }

    private CompletableFuture<Map<ServerConnection, ServerHoldings>> askAll() {
        Map<ServerConnection, ServerHoldings> answers = new HashMap<>();
        List<CompletableFuture<Void>> asked = new ArrayList<>();
        for (ServerConnection server : servers) {
            if (mayBeAway(server)) {
                continue;
            }
            asked.add(HoldingsQuery.of(server).thenAccept(stats -> answers.put(server, stats)));
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenApply(all -> answers);
    }

    /**
     * Looks at every server; one that does not answer is looked at the next time.
     *
     * @param problem  receives why the rebalance must not go on, naming the server and the remedy
     */
    void look(Consumer<String> problem) {
        int number = ++begun;
        askAll().thenAccept(answers -> {
            Optional<String> found = Stream.concat(
                            servers.stream()
                                    .flatMap(server ->
                                            writesOfOthers(server, answers.getOrDefault(server, ServerHoldings.NONE))
                                                    .stream()),
                            evictions(answers).stream())
                    .findFirst();
            if (found.isPresent()) {
                problem.accept(found.get());
            } else {
                finished = Math.max(finished, number);
            }
        });
    }

    /** The walk is over: {@link #isFresh} is true after a look from now on. */
    void walked(Consumer<String> problem) {
        required = begun + 1;
        look(problem);
    }

    /** Whether every server was looked at since every key was copied, and nothing was found. */
    boolean isFresh() {
        return finished >= required;
    }

    /** What was sent is read after the answer: a write that the server has counted was sent before. */
    private Optional<String> writesOfOthers(ServerConnection server, ServerHoldings now) {
        if (former.hasBackupTier()) {
            return Optional.empty(); // what follows a write at the other copy is not counted
        }
        Baseline before = baselines.get(server);
        if (before == null) {
            return Optional.empty();
        }
        int source = route.sources().indexOf(server);
        long fromHere = (source < 0 ? 0 : sent.sums()[source] - before.sent()) + own.to(server) - before.own();
        long counted = now.writes() - before.stats().writes();
        long foreign = counted - fromHere;
        if (foreign <= TOLERATED_WRITES + counted / TOLERATED_PART) {
            return Optional.empty();
        }
        return Optional.of(
                "others than this proxy write to server " + server.state().address() + " (" + foreign
                        + " writes since the copy began), and their keys would be old afterwards: bring all clients to this"
                        + " proxy, then reload again");
    }

    /** A server that dropped items before may do so because of what clients write. */
    private Optional<String> evictions(Map<ServerConnection, ServerHoldings> answers) {
        long sum = 0;
        String full = null;
        for (ServerConnection target : route.targets()) {
            Baseline before = baselines.get(target);
            if (before == null) {
                continue;
            }
            long dropped = Math.max(
                    0,
                    answers.getOrDefault(target, ServerHoldings.NONE).evictions()
                            - before.stats().evictions());
            sum += dropped;
            boolean joins = !route.sources().contains(target);
            if (dropped > 0 && (joins || before.stats().evictions() == 0)) {
                full = "server " + target.state().address() + " is full and drops items (" + dropped
                        + "): start it with more memory (-m), or set rebalance-full: evict, and reload again";
            }
        }
        evicted = sum;
        return next.rebalance().mayEvict() ? Optional.empty() : Optional.ofNullable(full);
    }

    /** How many keys will move, as far as can be told; any thread. */
    long expectedKeys() {
        return expectedKeys;
    }

    /** Items that servers which get keys have dropped since the copy began; any thread. */
    long evicted() {
        return evicted;
    }
}
