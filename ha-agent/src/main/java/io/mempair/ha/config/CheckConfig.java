package io.mempair.ha.config;

import io.mempair.proxy.config.DurationText;
import java.time.Duration;
import java.util.List;

/**
 * An operator's program whose exit code says whether this node is fit to be active.
 *
 * @param name      shown in the status and in messages
 * @param command   path of the program, then its arguments
 * @param interval  from the start of one run to the start of the next
 * @param timeout   a run that takes longer has failed and is killed
 * @param rise      good runs in a row that make a failed check good again
 * @param fall      failed runs in a row that make the node unfit
 */
public record CheckConfig(String name, List<String> command, Duration interval, Duration timeout, int rise, int fall) {

    /** Each check has a thread of its own. */
    static final int MAX_CHECKS = 16;

    static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(2);
    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(1);
    static final int DEFAULT_RISE = 2;
    static final int DEFAULT_FALL = 2;

    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);
    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(10);
    private static final int MOST_RUNS = 100;

    public CheckConfig {
        NodeConfig.requireName(name);
        command = List.copyOf(command);
        if (command.isEmpty() || !command.get(0).startsWith("/")) {
            throw new IllegalArgumentException(
                    "command: " + command + " (expected: the absolute path of a program, then its arguments)");
        }
        requireWithin("interval", interval, SHORTEST_INTERVAL);
        requireWithin("timeout", timeout, SHORTEST_TIMEOUT);
        requireRuns("rise", rise);
        requireRuns("fall", fall);
    }

    static Duration interval(String text) {
        return requireWithin("interval", Quantity.duration(text), SHORTEST_INTERVAL);
    }

    static Duration timeout(String text) {
        return requireWithin("timeout", Quantity.duration(text), SHORTEST_TIMEOUT);
    }

    static int runs(String key, String text) {
        return requireRuns(key, ProxyValues.number(text));
    }

    private static Duration requireWithin(String key, Duration value, Duration shortest) {
        if (value.compareTo(shortest) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(key + ": " + DurationText.of(value) + " (expected: "
                    + DurationText.of(shortest) + " to " + DurationText.of(LONGEST) + ")");
        }
        return value;
    }

    private static int requireRuns(String key, int runs) {
        if (runs < 1 || runs > MOST_RUNS) {
            throw new IllegalArgumentException(key + ": " + runs + " (expected: 1.." + MOST_RUNS + ')');
        }
        return runs;
    }
}
