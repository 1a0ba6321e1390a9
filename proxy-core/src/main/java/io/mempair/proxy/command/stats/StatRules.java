package io.mempair.proxy.command.stats;

import java.util.Map;
import java.util.Set;

/**
 * The merge rule of each name; {@code docs/reference/protocol.md} lists them for operators. Names are memcached's, of
 * any version; an unknown name is summed if it is a whole number. Pure.
 */
final class StatRules {

    private static final Map<String, StatRule> GENERAL = Map.ofEntries(
            // the minimum: it falls when any server restarts
            Map.entry("uptime", StatRule.MIN),
            Map.entry("time", StatRule.MAX),
            Map.entry("version", StatRule.LOWEST_VERSION),
            Map.entry("libevent", StatRule.LOWEST_VERSION),
            Map.entry("pointer_size", StatRule.MAX),
            Map.entry("rusage_user", StatRule.SUM),
            Map.entry("rusage_system", StatRule.SUM),
            Map.entry("accepting_conns", StatRule.MIN),
            Map.entry("hash_power_level", StatRule.MAX),
            Map.entry("hash_is_expanding", StatRule.MAX),
            Map.entry("slab_reassign_running", StatRule.MAX),
            Map.entry("lru_crawler_running", StatRule.MAX));

    /** Names per class, by the part after the class number: {@code items:12:age}, {@code 12:chunk_size}. */
    private static final Map<String, StatRule> OF_CLASS = Map.of(
            "age", StatRule.MAX,
            "age_hot", StatRule.MAX,
            "age_warm", StatRule.MAX,
            // idle time of the item evicted last; zero if none was evicted
            "evicted_time", StatRule.MIN_NONZERO,
            "chunk_size", StatRule.MAX,
            "chunks_per_page", StatRule.MIN,
            "active_slabs", StatRule.MAX);

    /** Settings whose smallest value holds for the whole pool. */
    private static final Set<String> LIMITS = Set.of("maxbytes", "maxconns", "item_size_max", "slab_chunk_max");

    private StatRules() {}

    static StatRule general(String name) {
        return GENERAL.getOrDefault(name, StatRule.SUM_OR_AGREED);
    }

    static StatRule ofClass(String name) {
        return OF_CLASS.getOrDefault(name.substring(name.lastIndexOf(':') + 1), StatRule.SUM_OR_AGREED);
    }

    static StatRule setting(String name) {
        return LIMITS.contains(name) ? StatRule.MIN : StatRule.AGREED;
    }
}
