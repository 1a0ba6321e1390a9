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
 * What servers have counted, kept while they are away or start again, so that no sum over them falls while this proxy lives; a
 * {@code stats reset} starts it anew. One for all loops of a proxy. Any thread; cold, so it locks.
 *
 * <p>Loops ask over connections of their own, and answers may be taken in another order than they were given. So a question is
 * marked when it is put. An answer is later than what is known if its question was put after that had been taken; of two that
 * crossed, the greater number counts.
 */
public final class KeptCounters {

    private static final class Kept {
        private final ServerCounters counters;
        private long takenAt;

        Kept(StatsTopic topic) {
            counters = new ServerCounters(topic);
        }
    }

    private final Map<StatsTopic, Map<ServerAddress, Kept>> topics = new EnumMap<>(StatsTopic.class);
    private final Map<ServerAddress, Long> resets = new LinkedHashMap<>();

    /** Rises with each question and each answer. */
    private long turn;

    /** A question is put now; its mark is to be given back with the answers. */
    synchronized long asked() {
        return ++turn;
    }

    /**
     * Takes the answers to one question, and says what is to be merged instead: what the servers that answered have counted in
     * all their lives, and behind them what is still true of those that did not.
     *
     * @param mark  of {@link #asked}
     * @param pool  the servers that were to be asked; others have left the pool, and what they counted stays
     */
    synchronized List<ServerStats> heard(
            StatsTopic topic, long mark, List<ServerStats> answers, List<ServerAddress> pool) {
        turn++;
        Map<ServerAddress, Kept> servers = topics.computeIfAbsent(topic, asked -> new LinkedHashMap<>());
        List<ServerStats> merged = new ArrayList<>();
        Set<ServerAddress> present = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (ServerStats answer : answers) {
            present.add(answer.server());
            answer.stats().forEach(stat -> names.add(stat.name()));
            if (mark < resets.getOrDefault(answer.server(), 0L)) {
                // it may be from before the reset
                merged.add(answer);
                continue;
            }
            Kept kept = servers.computeIfAbsent(answer.server(), server -> new Kept(topic));
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

    /** That server has set its counters back. */
    synchronized void reset(ServerAddress server) {
        resets.put(server, ++turn);
        topics.values().forEach(servers -> servers.remove(server));
    }

    /** All servers of the pool have: what is known of those that left it is forgotten too. */
    synchronized void resetAll() {
        topics.clear();
    }
}
