package io.mempair.proxy.config;

import java.time.Duration;

/**
 * How long to wait for a server.
 *
 * @param connect   time allowed for one TCP connect
 * @param request   time allowed for the answer to one request; then the connection is closed
 * @param probe     how often a connection that has been silent is asked whether it lives
 * @param retryMin  first pause before connecting again; it doubles up to {@code retryMax}
 * @param retryMax  longest pause before connecting again
 */
public record ServerTimeouts(Duration connect, Duration request, Duration probe, Duration retryMin, Duration retryMax) {

    /** Half a second to connect and to answer, a probe a second, back-off from 50 ms to 2 s. */
    public static final ServerTimeouts DEFAULT = new ServerTimeouts(
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofMillis(50),
            Duration.ofSeconds(2));

    public ServerTimeouts {
        requirePositive("connect-timeout", connect);
        requirePositive("timeout", request);
        requirePositive("probe-interval", probe);
        requirePositive("retry-min", retryMin);
        requirePositive("retry-max", retryMax);
        if (retryMax.compareTo(retryMin) < 0) {
            throw new IllegalArgumentException(
                    "retry-max: " + DurationText.of(retryMax) + " (expected: at least retry-min)");
        }
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException(
                    name + ": " + DurationText.of(value) + " (expected: over 0, at most 10 minutes)");
        }
    }
}
