package io.mempair.proxy.config;

import java.time.Duration;

/**
 * What a reload does that moves keys between servers.
 *
 * @param copies         whether the keys that move are copied first, while the former servers go on serving; otherwise the
 *     next servers serve at once, and those keys are misses
 * @param keysPerSecond  speed of copying, and of deleting what is left behind
 * @param flushesLeaving whether a server that leaves is emptied, so that it can come back; otherwise it stays as it is
 * @param mayEvict       whether servers may get more than fits their memory; otherwise such a change is refused, or given up
 * @param keep           how long the former servers are kept equal after the switch, so that they can serve again without loss
 */
public record RebalancePolicy(
        boolean copies, int keysPerSecond, boolean flushesLeaving, boolean mayEvict, Duration keep) {

    private static final int MAX_RATE = 1_000_000;

    private static final Duration LONGEST_KEEP = Duration.ofDays(1);

    /** Nothing is copied. */
    public static final RebalancePolicy OFF = new RebalancePolicy(false, 20_000, true, false, Duration.ofMinutes(1));

    public RebalancePolicy {
        if (keysPerSecond < 1 || keysPerSecond > MAX_RATE) {
            throw new IllegalArgumentException(
                    "rebalance-rate: " + keysPerSecond + " (expected: 1 to " + MAX_RATE + " keys a second)");
        }
        if (keep.isNegative() || keep.compareTo(LONGEST_KEEP) > 0) {
            throw new IllegalArgumentException("rebalance-keep: " + DurationText.of(keep) + " (expected: 0s to 1440m)");
        }
    }

    /** Keeps nothing. */
    public RebalancePolicy(boolean copies, int keysPerSecond, boolean flushesLeaving, boolean mayEvict) {
        this(copies, keysPerSecond, flushesLeaving, mayEvict, Duration.ZERO);
    }

    /** Refuses a change that does not fit, and keeps nothing. */
    public RebalancePolicy(boolean copies, int keysPerSecond, boolean flushesLeaving) {
        this(copies, keysPerSecond, flushesLeaving, false);
    }
}
