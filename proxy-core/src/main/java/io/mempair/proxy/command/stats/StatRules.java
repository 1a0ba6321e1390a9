package io.mempair.proxy.command.stats;

import java.util.Map;
import java.util.Set;

/**
 * Which rule a name follows; {@code docs/reference/protocol.md} shows the table to operators. Names are memcached's, of any
 * version; one that is not here is summed if it is a whole number. Pure.
 */
final class StatRules {

    private static final Map<String, StatRule> GENERAL = Map.ofEntries(
            // the least: it falls when any server came back empty
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

    /** By what stands behind the class: {@code items:12:age}, {@code 12:chunk_size}. */
    private static final Map<String, StatRule> OF_CLASS = Map.of(
            "age", StatRule.MAX,
            "age_hot", StatRule.MAX,
            "age_warm", StatRule.MAX,
            // how long the item evicted last had not been asked for; zero where none was evicted
            "evicted_time", StatRule.MIN_NONZERO,
            "chunk_size", StatRule.MAX,
            "chunks_per_page", StatRule.MIN,
            "active_slabs", StatRule.MAX);

    /** Settings where the smallest counts for the whole pool. */
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
