package io.mempair.ha.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The last records of each node. Which of a set of records are kept does not depend on the order in which they come, so two
 * nodes that tell each other theirs end with the same. Pure; one thread.
 */
public final class History {

    /** Records kept of each node. */
    public static final int MAX_OF_A_NODE = 100;

    /** Nodes of which records are kept: two, and as many former ones. */
    private static final int MAX_NODES = 4;

    /** Records told to a peer at once. */
    public static final int PART = 16;

    private static final Comparator<HistoryRecord> OLDEST_FIRST =
            Comparator.comparingLong(HistoryRecord::atMillis).thenComparing(HistoryRecord::node);

    private final Map<String, NavigableMap<Long, HistoryRecord>> nodes = new HashMap<>();

    /** Adds a record; returns false if it is known already, or older than all that is kept. */
    public boolean add(HistoryRecord added) {
        if (!nodes.containsKey(added.node()) && nodes.size() >= MAX_NODES) {
            return false;
        }
        NavigableMap<Long, HistoryRecord> records = nodes.computeIfAbsent(added.node(), name -> new TreeMap<>());
        if (records.putIfAbsent(added.atMillis(), added) != null) {
            return false;
        }
        return records.size() <= MAX_OF_A_NODE || records.pollFirstEntry().getKey() != added.atMillis();
    }

    /** The time for a new record of a node: now, or right after its last one if the clock went back. */
    public long timeFor(String node, long nowMillis) {
        NavigableMap<Long, HistoryRecord> records = nodes.get(node);
        return records == null || records.isEmpty() ? nowMillis : Math.max(nowMillis, records.lastKey() + 1);
    }

    /** All records, oldest first. */
    public List<HistoryRecord> records() {
        List<HistoryRecord> all = new ArrayList<>();
        nodes.values().forEach(records -> all.addAll(records.values()));
        all.sort(OLDEST_FIRST);
        return all;
    }

    /** A number that differs, with all likelihood, from that of any other set of records. */
    public long digest() {
        return nodes.values().stream()
                .flatMap(records -> records.values().stream())
                .mapToLong(HistoryRecord::hash)
                .sum();
    }

    /** The records of one turn of telling them all, newest first, a part each turn; after the last turn the first again. */
    public List<HistoryRecord> part(int turn) {
        List<HistoryRecord> all = records();
        if (all.isEmpty()) {
            return all;
        }
        int parts = (all.size() + PART - 1) / PART;
        int end = all.size() - Math.floorMod(turn, parts) * PART;
        return List.copyOf(all.subList(Math.max(0, end - PART), end));
    }
}
