package io.mempair.proxy.inspect;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The hot keys of all loops together.
 *
 * @param counted    how many requests there were, by what was counted
 * @param tookNanos  for how long
 * @param keys       the most counted first
 */
public record TopKeys(long counted, long tookNanos, List<ServedKey> keys) {

    public TopKeys {
        keys = List.copyOf(keys);
    }

    /** A key and the server that has it first. */
    public record ServedKey(HotKey key, String server) {}

    /** Of several loops, at most {@code limit} keys. */
    public static TopKeys merged(List<TopKeys> loops, int limit) {
        Map<String, ServedKey> all = new LinkedHashMap<>();
        long counted = 0;
        long tookNanos = 0;
        for (TopKeys loop : loops) {
            counted += loop.counted();
            tookNanos = Math.max(tookNanos, loop.tookNanos());
            for (ServedKey served : loop.keys()) {
                byte[] bytes = served.key().key();
                all.merge(
                        KeyText.plain(bytes, 0, bytes.length),
                        served,
                        (one, other) -> new ServedKey(one.key().plus(other.key()), one.server()));
            }
        }
        return new TopKeys(
                counted,
                tookNanos,
                all.values().stream()
                        .sorted(Comparator.comparingLong(
                                        (ServedKey served) -> served.key().count())
                                .reversed())
                        .limit(limit)
                        .toList());
    }
}
