package io.mempair.proxy.command.stats;

import java.util.Map;
import java.util.Set;

/** What memcached 1.6.45 answers to {@code stats}, with the numbers of a server that is busy for two weeks. */
final class StatsOfMemcached {

    private static final String NAMES = """
            pid uptime time version libevent pointer_size rusage_user rusage_system max_connections
            curr_connections total_connections rejected_connections connection_structures response_obj_oom
            response_obj_count response_obj_bytes read_buf_count read_buf_bytes read_buf_bytes_free read_buf_oom
            reserved_fds cmd_get cmd_set cmd_flush cmd_touch cmd_meta get_hits get_misses get_expired
            get_flushed get_extstore get_aborted_extstore get_oom_extstore recache_from_extstore
            miss_from_extstore badcrc_from_extstore delete_misses delete_hits incr_misses incr_hits decr_misses
            decr_hits cas_misses cas_hits cas_badval touch_hits touch_misses store_too_large store_no_memory
            auth_cmds auth_errors idle_kicks bytes_read bytes_written limit_maxbytes accepting_conns
            listen_disabled_num time_in_listen_disabled_us threads conn_yields hash_power_level hash_bytes
            hash_is_expanding slab_reassign_rescues slab_reassign_chunk_rescues slab_reassign_inline_reclaim
            slab_reassign_busy_items slab_reassign_busy_deletes slab_reassign_busy_nomem
            slab_reassign_last_busy_status slab_reassign_running slabs_moved lru_crawler_running
            lru_crawler_starts lru_maintainer_juggles malloc_fails log_worker_dropped log_worker_written
            log_watcher_skipped log_watcher_sent log_watchers unexpected_napi_ids round_robin_fallback
            extstore_memory_pressure extstore_compact_lost extstore_compact_rescues extstore_compact_resc_cold
            extstore_compact_resc_old extstore_compact_skipped extstore_page_allocs extstore_page_evictions
            extstore_page_reclaims extstore_pages_free extstore_pages_used extstore_objects_evicted
            extstore_objects_read extstore_objects_written extstore_objects_used extstore_bytes_evicted
            extstore_bytes_written extstore_bytes_read extstore_bytes_used extstore_bytes_fragmented
            extstore_limit_maxbytes extstore_io_queue bytes curr_items total_items slab_global_page_pool
            expired_unfetched evicted_unfetched evicted_active evictions reclaimed crawler_reclaimed
            crawler_items_checked lrutail_reflocked moves_to_cold moves_to_warm moves_within_lru direct_reclaims
            lru_bumps_dropped
            """;

    private static final Map<String, String> WORDS = Map.of(
            "version", "1.6.45",
            "libevent", "2.1.12-stable",
            "pointer_size", "64",
            "pid", "12345",
            "uptime", "1234567",
            "time", "1795942303",
            "rusage_user", "12345.678901",
            "rusage_system", "23456.789012",
            "slab_reassign_last_busy_status", "none");

    private static final Set<String> BUSY = Set.of(
            "cmd_get",
            "cmd_set",
            "get_hits",
            "get_misses",
            "get_extstore",
            "total_items",
            "curr_items",
            "extstore_objects_read",
            "extstore_objects_written",
            "extstore_objects_used",
            "moves_to_cold",
            "moves_within_lru",
            "crawler_items_checked",
            "lru_maintainer_juggles",
            "total_connections",
            "delete_hits",
            "touch_hits");

    private StatsOfMemcached() {}

    /** The longest list: a server with an extstore, of which {@code ext_path} is set. */
    static String withExtstore() {
        StringBuilder answer = new StringBuilder();
        for (String name : NAMES.strip().split("\\s+")) {
            answer.append("STAT ")
                    .append(name)
                    .append(' ')
                    .append(valueOf(name))
                    .append("\r\n");
        }
        return answer.append("END\r\n").toString();
    }

    private static String valueOf(String name) {
        if (name.contains("bytes")) {
            return "12345678901";
        }
        return WORDS.getOrDefault(name, BUSY.contains(name) ? "123456789" : "12");
    }
}
