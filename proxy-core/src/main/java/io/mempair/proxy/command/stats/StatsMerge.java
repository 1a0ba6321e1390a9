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
 * Merges the replies of several servers, in memcached's order: the names of the first server, then names that only
 * others have. Pure.
 */
final class StatsMerge {

    /** What Debian's collectd reads of an answer; of a longer one it shows nothing. */
    private static final int COLLECTD_BYTES = 4_095;

    /** Digits of the greatest number that memcached counts to. */
    private static final int MAX_DIGITS = 20;

    /** {@code STAT}, two spaces and the line end. */
    private static final int BYTES_AROUND = 8;

    private static final int END_BYTES = 5;

    /** Most digits of a class or size number in a name. */
    private static final int MAX_CLASS_DIGITS = 9;

    private StatsMerge() {}

    /**
     * {@code stats}.
     *
     * @param own     replaces the servers' values of these names
     * @param behind  appended at the end; replaces these names of a server that is itself a proxy
     * @param ifFits  appended behind those, all or none, so that a collector's series do not come and go with the digits
     */
    static List<Stat> general(List<ServerStats> servers, List<Stat> own, List<Stat> behind, List<Stat> ifFits) {
        List<Stat> longer = new ArrayList<>(behind);
        longer.addAll(ifFits);
        List<Stat> all = general(servers, own, longer);
        return textBytes(all) + widest(ifFits) <= COLLECTD_BYTES ? all : general(servers, own, behind);
    }

    private static int textBytes(List<Stat> list) {
        int bytes = END_BYTES;
        for (Stat stat : list) {
            bytes += BYTES_AROUND + stat.name().length() + stat.value().length();
        }
        return bytes;
    }

    /** By how much these can still grow. */
    private static int widest(List<Stat> numbers) {
        return numbers.stream()
                .mapToInt(stat -> MAX_DIGITS - stat.value().length())
                .sum();
    }

    private static List<Stat> general(List<ServerStats> servers, List<Stat> own, List<Stat> behind) {
        Map<String, Stat> ofServers = merge(servers, StatRules::general);
        behind.forEach(stat -> ofServers.remove(stat.name()));
        List<Stat> merged = withOwn(ofServers, own);
        merged.addAll(behind);
        return merged;
    }

    /** {@code stats items} and {@code stats slabs}: in class order, totals last. */
    static List<Stat> byClass(List<ServerStats> servers) {
        List<Stat> merged = new ArrayList<>(merge(servers, StatRules::ofClass).values());
        merged.sort(Comparator.comparingLong(stat -> numberIn(stat.name())));
        return merged;
    }

    /** {@code stats sizes}: item counts in size order. */
    static List<Stat> sizes(List<ServerStats> servers) {
        List<Stat> merged =
                new ArrayList<>(merge(servers, name -> StatRule.SUM_OR_AGREED).values());
        merged.sort(Comparator.comparingLong(stat -> numberIn(stat.name())));
        return merged;
    }

    /** {@code stats settings}: a setting that differs between servers and is not a limit is listed per server. */
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

    /** Replaces existing names in place; missing names, because no server replied, come first. */
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
