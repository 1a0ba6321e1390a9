package io.mempair.ha.config;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes as operators write them: {@code 500ms}, {@code 1s}, {@code 64k}, {@code 1m}. */
public final class Quantity {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(us|ms|s|m)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})([kmg]?)");

    /** More than any machine has; what is made of it fits a number. */
    private static final long MAX_BYTES = 1L << 40;

    private Quantity() {}

    /**
     * Reads a number with one of the units {@code us ms s m}.
     *
     * @throws IllegalArgumentException saying what was expected
     */
    public static Duration duration(String text) {
        Matcher match = DURATION.matcher(text.strip());
        if (!match.matches()) {
            throw new IllegalArgumentException("'" + text + "' (expected: a duration such as 500ms, 1s or 2m)");
        }
        long number = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "us" -> Duration.ofNanos(number * 1_000);
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
    }

    /**
     * Reads a number of bytes; {@code k m g} mean 1024, 1024² and 1024³, as memcached's flags do.
     *
     * @throws IllegalArgumentException saying what was expected
     */
    public static long sizeBytes(String text) {
        Matcher match = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!match.matches()) {
            throw new IllegalArgumentException("'" + text + "' (expected: bytes, such as 65536, 64k, 1m or 2g)");
        }
        int shift = switch (match.group(2)) {
            case "k" -> 10;
            case "m" -> 20;
            case "g" -> 30;
            default -> 0;
        };
        long number = Long.parseLong(match.group(1));
        if (number > MAX_BYTES >> shift) {
            throw new IllegalArgumentException("'" + text + "' (expected: at most 1024g)");
        }
        return number << shift;
    }
}
