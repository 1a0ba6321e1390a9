package io.mempair.proxy.rebalance;

import io.mempair.proxy.protocol.Decimal;
import io.mempair.proxy.protocol.Stat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * What the {@code stats} of a server say that matters to a rebalance: protocol.txt "General-purpose statistics". What a server does
 * not say is 0.
 *
 * @param items       in it
 * @param bytes       of its items
 * @param limitBytes  its {@code -m}; 0 if it has none
 * @param evictions   items that it dropped for want of memory, since its start
 * @param writes      commands since its start that can change an item
 */
public record ServerHoldings(long items, long bytes, long limitBytes, long evictions, long writes) {

    /** Of a server that says nothing. */
    public static final ServerHoldings NONE = new ServerHoldings(0, 0, 0, 0, 0);

    /** Each write counts in exactly one of them, whatever came of it. */
    private static final Set<String> WRITES = Set.of(
            "cmd_set",
            "cmd_touch",
            "delete_hits",
            "delete_misses",
            "incr_hits",
            "incr_misses",
            "decr_hits",
            "decr_misses");

    /** Reads the answer of a server. */
    public static ServerHoldings of(List<Stat> stats) {
        return new ServerHoldings(
                number(stats, "curr_items"),
                number(stats, "bytes"),
                number(stats, "limit_maxbytes"),
                number(stats, "evictions"),
                WRITES.stream().mapToLong(name -> number(stats, name)).sum());
    }

    private static long number(List<Stat> stats, String name) {
        return stats.stream()
                .filter(stat -> stat.name().equals(name))
                .map(stat -> stat.value().getBytes(StandardCharsets.US_ASCII))
                .mapToLong(value -> Math.max(0, Decimal.unsigned(value, 0, value.length, Long.MAX_VALUE)))
                .findFirst()
                .orElse(0);
    }
}
