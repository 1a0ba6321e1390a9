package io.mempair.ha.locate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The line a server answers to {@code mg KEY s f t c v}, before the value. Pure.
 *
 * @param valueBytes   how much of a value follows, its line end not counted
 * @param flags        the client's, an unsigned number
 * @param secondsLeft  until the item expires, or {@link CopyState#ENDLESS}
 * @param id           its cas id, an unsigned number
 * @param stale        whether it is marked stale
 * @param rightTaken   whether this question took the right to recache it
 * @param promised     whether somebody has that right
 */
record ItemAnswer(
        long valueBytes, long flags, long secondsLeft, long id, boolean stale, boolean rightTaken, boolean promised) {

    /** Bytes; memcached's own bound of an item. */
    private static final long MAX_VALUE_BYTES = 1L << 30;

    /** The answer for a line without its line end; null if it is none that has a value. */
    static @Nullable ItemAnswer of(String line) {
        List<String> words = List.of(line.split(" "));
        if (words.size() < 2 || !words.get(0).equals("VA")) {
            return null;
        }
        try {
            long bytes = Long.parseLong(words.get(1));
            long flags = Long.parseUnsignedLong(behind('f', words));
            long left = Long.parseLong(behind('t', words));
            long id = Long.parseUnsignedLong(behind('c', words));
            return bytes < 0 || bytes > MAX_VALUE_BYTES || left < CopyState.ENDLESS
                    ? null
                    : new ItemAnswer(
                            bytes, flags, left, id, words.contains("X"), words.contains("W"), words.contains("Z"));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static String behind(char flag, List<String> words) {
        return words.stream()
                .skip(2)
                .filter(word -> word.indexOf(flag) == 0)
                .findFirst()
                .map(word -> word.substring(1))
                .orElse("");
    }
}
