package io.mempair.proxy.command.stats;

import io.mempair.proxy.protocol.Stat;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The answers of several servers as one, in memcached's order: that of the first server, then what only others have.
 * Pure.
 */
final class StatsMerge {

    /** A name with a class or a size has a number of at most this many digits. */
    private static final int MAX_CLASS_DIGITS = 9;

    private StatsMerge() {}

    /**
     * {@code stats}.
     *
     * @param own     replaces what servers have under these names
     * @param behind  stands after everything else, in place of what a server that is a proxy has under these names
     */
    static List<Stat> general(List<ServerStats> servers, List<Stat> own, List<Stat> behind) {
        Map<String, Stat> ofServers = merge(servers, StatRules::general);
        behind.forEach(stat -> ofServers.remove(stat.name()));
        List<Stat> merged = withOwn(ofServers, own);
        merged.addAll(behind);
        return merged;
    }

    /** {@code stats items} and {@code stats slabs}: class by class, classes in order, the totals last. */
    static List<Stat> byClass(List<ServerStats> servers) {
        List<Stat> merged = new ArrayList<>(merge(servers, StatRules::ofClass).values());
        merged.sort(Comparator.comparingLong(stat -> numberIn(stat.name())));
        return merged;
    }

    /** {@code stats sizes}: how many items of each size, sizes in order. */
    static List<Stat> sizes(List<ServerStats> servers) {
        List<Stat> merged =
                new ArrayList<>(merge(servers, name -> StatRule.SUM_OR_AGREED).values());
        merged.sort(Comparator.comparingLong(stat -> numberIn(stat.name())));
        return merged;
    }

    /** {@code stats settings}: what servers do not agree on, and is no limit, is told of each by itself. */
    static List<Stat> settings(List<ServerStats> servers, List<Stat> own) {
        Map<String, Stat> merged = merge(servers, StatRules::setting);
        List<Stat> result = withOwn(merged, own);
        for (ServerStats server : servers) {
            for (Stat stat : server.stats()) {
                if (!merged.containsKey(stat.name())) {
                    result.add(new Stat(server.server() + ":" + stat.name(), stat.value()));
                }
            }
        }
        return result;
    }

    private static Map<String, Stat> merge(List<ServerStats> servers, Function<String, StatRule> rules) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (ServerStats server : servers) {
            for (Stat stat : server.stats()) {
                values.computeIfAbsent(stat.name(), name -> new ArrayList<>()).add(stat.value());
            }
        }
        Map<String, Stat> merged = new LinkedHashMap<>();
        values.forEach((name, all) -> {
            @Nullable String value = rules.apply(name).of(all);
            if (value != null) {
                merged.put(name, new Stat(name, value));
            }
        });
        return merged;
    }

    /** Replaces in place what is there; what is not, because no server answered, comes first. */
    private static List<Stat> withOwn(Map<String, Stat> merged, List<Stat> own) {
        List<Stat> missing = new ArrayList<>();
        for (Stat stat : own) {
            if (merged.replace(stat.name(), stat) == null) {
                missing.add(stat);
            }
        }
        missing.addAll(merged.values());
        return missing;
    }

    /** The first number in a name: {@code items:12:age} is of class 12. Names without one come last. */
    private static long numberIn(String name) {
        int from = 0;
        while (from < name.length() && !isDigit(name.charAt(from))) {
            from++;
        }
        int to = from;
        while (to < name.length() && isDigit(name.charAt(to))) {
            to++;
        }
        return to == from || to - from > MAX_CLASS_DIGITS ? Long.MAX_VALUE : Long.parseLong(name.substring(from, to));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
