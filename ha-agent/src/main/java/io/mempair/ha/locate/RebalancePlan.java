package io.mempair.ha.locate;

import io.mempair.ha.admin.Table;
import io.mempair.ha.admin.Table.TableRow;
import io.mempair.ha.admin.Table.Tone;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.rebalance.MoveForecast;
import io.mempair.proxy.rebalance.MoveForecast.ServerForecast;
import io.mempair.proxy.rebalance.MoveForecast.ServerRole;
import io.mempair.proxy.rebalance.ServerHoldings;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a reload would move, before it happens, and what stands against it. Pure.
 *
 * @param forecast  server by server
 * @param problems  why it would be refused, naming the server and the remedy; empty if nothing is known against it
 * @param remarks   what an operator should know beside that
 */
public record RebalancePlan(MoveForecast forecast, List<String> problems, List<String> remarks) {

    private static final String NONE = "-";

    public RebalancePlan {
        problems = List.copyOf(problems);
        remarks = List.copyOf(remarks);
    }

    /** The servers of both pools, each once. */
    public static List<ServerAddress> servers(PoolConfig running, PoolConfig wanted) {
        Set<ServerAddress> all = new LinkedHashSet<>(running.servers());
        all.addAll(wanted.servers());
        return List.copyOf(all);
    }

    /**
     * The plan for a change of a pool.
     *
     * @param held  of each server of both
     */
    public static RebalancePlan of(PoolConfig running, PoolConfig wanted, Map<ServerAddress, HeldItems> held) {
        Map<ServerAddress, ServerHoldings> stats = held.entrySet().stream()
                .filter(server -> server.getValue().stats() != null)
                .collect(Collectors.toMap(
                        Map.Entry::getKey, server -> stats(server.getValue().stats())));
        MoveForecast forecast = MoveForecast.of(running, wanted, stats);
        List<String> problems = new ArrayList<>();
        List<String> remarks = new ArrayList<>();
        held.forEach((server, items) -> {
            boolean hasOtherCopies =
                    running.hasBackupTier() && !wanted.servers().contains(server);
            if (items.stats() == null && hasOtherCopies) {
                remarks.add("server " + server + ": " + items.failure()
                        + ": it leaves, and its keys are copied from the other copies");
            } else if (items.stats() == null) {
                problems.add("server " + server + ": " + items.failure() + " (start it, or leave it out)");
            }
        });
        for (ServerForecast server : forecast.servers()) {
            if (server.isFull()) {
                (wanted.rebalance().mayEvict() ? remarks : problems)
                        .add("server " + server.server() + " will hold more than its memory before the keys that leave"
                                + " it are deleted (give it more with -m, or set rebalance-full: evict)");
            }
            if (server.role() == ServerRole.JOINS && server.now().items() > 0) {
                remarks.add("server " + server.server() + " says that it holds "
                        + count(server.now().items())
                        + " items: unless a flush has ended them, it is refused (flush it first)");
            }
        }
        if (!wanted.rebalance().copies()) {
            remarks.add("rebalance is off in the file: the keys that move will be misses");
        }
        return new RebalancePlan(forecast, problems, remarks);
    }

    private static ServerHoldings stats(@Nullable ServerHoldings stats) {
        return stats == null ? ServerHoldings.NONE : stats;
    }

    /** For people. */
    public List<Table> tables(int keysPerSecond) {
        List<TableRow> rows = new ArrayList<>();
        rows.add(new TableRow(
                Tone.HEADING, List.of("server", "", "keys now", "go", "come", "bytes now", "at most", "memory")));
        forecast.servers().forEach(server -> rows.add(row(server)));
        List<TableRow> sentences = new ArrayList<>();
        long seconds = (forecast.keys() + keysPerSecond - 1) / keysPerSecond;
        sentences.add(new TableRow(
                Tone.PLAIN,
                List.of("about " + count(forecast.keys()) + " keys move, " + megabytes(forecast.bytes()) + ": about "
                        + seconds + " s at " + keysPerSecond + " keys a second")));
        remarks.forEach(remark -> sentences.add(new TableRow(Tone.WARNING, List.of(remark))));
        problems.forEach(problem -> sentences.add(new TableRow(Tone.BAD, List.of("would be refused: " + problem))));
        return List.of(new Table(rows), new Table(sentences));
    }

    private static TableRow row(ServerForecast server) {
        return new TableRow(
                server.isFull() ? Tone.BAD : Tone.PLAIN,
                List.of(
                        server.server().toString(),
                        server.role().name().toLowerCase(Locale.ROOT),
                        count(server.now().items()),
                        count(server.keysOut()),
                        count(server.keysIn()),
                        megabytes(server.now().bytes()),
                        megabytes(server.mostBytes()),
                        server.now().limitBytes() == 0
                                ? NONE
                                : megabytes(server.now().limitBytes())));
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String megabytes(long bytes) {
        return ((bytes + (1 << 20) - 1) >> 20) + " MB";
    }
}
