package io.mempair.proxy.command.stats;

import io.mempair.proxy.config.ServerAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counters of the servers, kept while a server is down or restarts, so that no sum falls while this proxy lives;
 * {@code stats reset} clears them. Shared by all loops of a proxy. Any thread; not on the hot path, so it locks.
 *
 * <p>Each loop asks over its own connections, so replies may be merged in another order than servers gave them. So each
 * query is numbered when it is sent. A reply is newer than the stored one if its query was sent after the stored one
 * was merged; of two overlapping replies the greater number counts.
 */
public final class KeptCounters {

    private static final class KeptStats {
        private final ServerCounters counters;
        private long takenAt;

        KeptStats(StatsTopic topic) {
            counters = new ServerCounters(topic);
        }
    }

    private final Map<StatsTopic, Map<ServerAddress, KeptStats>> topics = new EnumMap<>(StatsTopic.class);
    private final Map<ServerAddress, Long> resets = new LinkedHashMap<>();

    /** Rises with each query and each reply. */
    private long turn;

    /** Starts a query; the caller passes its number back with the replies. */
    synchronized long asked() {
        return ++turn;
    }

    /**
     * Stores the replies to one query and returns the lists to merge instead: for servers that replied, the totals over
     * all their processes; after them, the lasting values of servers that did not.
     *
     * @param mark  of {@link #asked}
     * @param pool  the servers that were asked; other servers have left the pool, and their counts stay
     */
    synchronized List<ServerStats> heard(
            StatsTopic topic, long mark, List<ServerStats> answers, List<ServerAddress> pool) {
        turn++;
        Map<ServerAddress, KeptStats> servers = topics.computeIfAbsent(topic, asked -> new LinkedHashMap<>());
        List<ServerStats> merged = new ArrayList<>();
        Set<ServerAddress> present = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (ServerStats answer : answers) {
            present.add(answer.server());
            answer.stats().forEach(stat -> names.add(stat.name()));
            if (mark < resets.getOrDefault(answer.server(), 0L)) {
                // it may predate the reset
                merged.add(answer);
                continue;
            }
            KeptStats kept = servers.computeIfAbsent(answer.server(), server -> new KeptStats(topic));
            kept.counters.heard(answer.stats(), mark > kept.takenAt);
            kept.takenAt = turn;
            merged.add(new ServerStats(answer.server(), kept.counters.in(answer.stats())));
        }
        servers.forEach((server, kept) -> {
            if (!present.contains(server)) {
                merged.add(new ServerStats(
                        server,
                        kept.counters.ofAbsent(pool.contains(server), topic == StatsTopic.GENERAL ? null : names)));
            }
        });
        return merged;
    }

    /** That server has reset its counters. */
    synchronized void reset(ServerAddress server) {
        resets.put(server, ++turn);
        topics.values().forEach(servers -> servers.remove(server));
    }

    /** All servers of the pool have reset their counters; drops counters of servers that left the pool. */
    synchronized void resetAll() {
        topics.clear();
    }
}
