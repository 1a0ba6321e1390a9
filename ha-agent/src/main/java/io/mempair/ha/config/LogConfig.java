package io.mempair.ha.config;

import java.time.Duration;

/**
 * What is logged, and how.
 *
 * @param level      how much
 * @param format     how a line looks; a running program keeps it
 * @param slow       requests that take so long are logged and remembered; zero for none
 * @param plainKeys  whether they are shown with their key as it is, not its hash
 */
public record LogConfig(LogLevel level, LogFormat format, Duration slow, boolean plainKeys) {

    /** Below it, every request of a busy network would be slow. */
    private static final Duration MIN_SLOW = Duration.ofMillis(1);

    /** What the file means when it says nothing. */
    public static final LogConfig DEFAULT = new LogConfig(LogLevel.INFO, LogFormat.TEXT, Duration.ZERO, false);

    /** {@code off}, or a duration of at least a millisecond. */
    static Duration slow(String text) {
        if (text.equals("off")) {
            return Duration.ZERO;
        }
        Duration value = Quantity.duration(text);
        if (value.compareTo(MIN_SLOW) < 0) {
            throw new IllegalArgumentException("'" + text + "' (expected: off, or at least 1ms)");
        }
        return value;
    }

    /** {@code hash} or {@code plain}. */
    static boolean plainKeys(String text) {
        return switch (text) {
            case "hash" -> false;
            case "plain" -> true;
            default -> throw new IllegalArgumentException("'" + text + "' (expected: hash or plain)");
        };
    }
}
