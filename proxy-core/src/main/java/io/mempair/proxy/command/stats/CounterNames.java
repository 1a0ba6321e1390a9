package io.mempair.proxy.command.stats;

import java.util.Set;

/**
 * The names of memcached's counters, which only rise while the process lives. Their sum over several servers must not
 * fall when a server is down: a collector would take that for a restart and count everything again. Any other name is a
 * gauge, to which a server that is down contributes nothing. Source: memcached 1.6.45, memcached.c
 * {@code server_stats}, items.c, slabs.c, extstore.c. Pure.
 */
final class CounterNames {

    private static final Set<String> GENERAL = Set.of(
            "rusage_user",
            "rusage_system",
            "total_connections",
            "rejected_connections",
            "response_obj_oom",
            "read_buf_oom",
            "cmd_get",
            "cmd_set",
            "cmd_flush",
            "cmd_touch",
            "cmd_meta",
            "get_hits",
            "get_misses",
            "get_expired",
            "get_flushed",
            "get_extstore",
            "get_aborted_extstore",
            "get_oom_extstore",
            "recache_from_extstore",
            "miss_from_extstore",
            "badcrc_from_extstore",
            "delete_misses",
            "delete_hits",
            "incr_misses",
            "incr_hits",
            "decr_misses",
            "decr_hits",
            "cas_misses",
            "cas_hits",
            "cas_badval",
            "touch_hits",
            "touch_misses",
            "store_too_large",
            "store_no_memory",
            "auth_cmds",
            "auth_errors",
            "idle_kicks",
            "bytes_read",
            "bytes_written",
            "listen_disabled_num",
            "time_in_listen_disabled_us",
            "conn_yields",
            "slab_reassign_rescues",
            "slab_reassign_chunk_rescues",
            "slab_reassign_evictions_nomem",
            "slab_reassign_inline_reclaim",
            "slab_reassign_busy_items",
            "slab_reassign_busy_deletes",
            "slab_reassign_busy_nomem",
            "slabs_moved",
            "lru_crawler_starts",
            "lru_maintainer_juggles",
            "malloc_fails",
            "log_worker_dropped",
            "log_worker_written",
            "log_watcher_skipped",
            "log_watcher_sent",
            "ssl_new_sessions",
            "ssl_handshake_errors",
            "ssl_proto_errors",
            "unexpected_napi_ids",
            "round_robin_fallback",
            "total_items",
            "expired_unfetched",
            "evicted_unfetched",
            "evicted_active",
            "evictions",
            "reclaimed",
            "crawler_reclaimed",
            "crawler_items_checked",
            "lrutail_reflocked",
            "moves_to_cold",
            "moves_to_warm",
            "moves_within_lru",
            "direct_reclaims",
            "lru_bumps_dropped",
            "extstore_compact_lost",
            "extstore_compact_rescues",
            "extstore_compact_resc_cold",
            "extstore_compact_resc_old",
            "extstore_compact_skipped",
            "extstore_page_allocs",
            "extstore_page_evictions",
            "extstore_page_reclaims",
            "extstore_objects_evicted",
            "extstore_objects_read",
            "extstore_objects_written",
            "extstore_bytes_evicted",
            "extstore_bytes_written",
            "extstore_bytes_read");

    /** Names per class, by the part after the class number: {@code items:12:evicted}, {@code 12:get_hits}. */
    private static final Set<String> OF_CLASS = Set.of(
            "evicted",
            "evicted_nonzero",
            "outofmemory",
            "tailrepairs",
            "reclaimed",
            "expired_unfetched",
            "evicted_unfetched",
            "evicted_active",
            "crawler_reclaimed",
            "crawler_items_checked",
            "lrutail_reflocked",
            "moves_to_cold",
            "moves_to_warm",
            "moves_within_lru",
            "direct_reclaims",
            "hits_to_hot",
            "hits_to_warm",
            "hits_to_cold",
            "hits_to_temp",
            "get_hits",
            "cmd_set",
            "delete_hits",
            "incr_hits",
            "decr_hits",
            "cas_hits",
            "cas_badval",
            "touch_hits");

    /**
     * Values that also hold while a server is down: its memory limit, and its uptime, so that the minimum over all
     * servers does not rise when one fails.
     */
    private static final Set<String> LASTING = Set.of("limit_maxbytes", "extstore_limit_maxbytes", "uptime");

    private CounterNames() {}

    static boolean isCounter(StatsTopic topic, String name) {
        return switch (topic) {
            case GENERAL -> GENERAL.contains(name);
            case ITEMS, SLABS -> OF_CLASS.contains(name.substring(name.lastIndexOf(':') + 1));
            default -> false;
        };
    }

    static boolean isLasting(StatsTopic topic, String name) {
        return topic == StatsTopic.GENERAL && LASTING.contains(name);
    }
}
