package io.mempair.deploy;

import java.util.regex.Pattern;

/**
 * What {@code mempair probe} saw.
 *
 * @param longestMillis  the longest time without an answer
 * @param outages        attempts that failed, those without an answer between them counted once
 * @param lasting        whether it had not ended
 */
record Outage(long longestMillis, int outages, boolean lasting) {

    private static final Pattern JSON =
            Pattern.compile("\"longest_outage_ms\":(\\d+),\"outages\":(\\d+),\"lasting\":(true|false)");

    static Outage of(String json) {
        var match = JSON.matcher(json);
        if (!match.find()) {
            throw new AssertionError("no result of the probe: " + json);
        }
        return new Outage(
                Long.parseLong(match.group(1)), Integer.parseInt(match.group(2)), Boolean.parseBoolean(match.group(3)));
    }
}
