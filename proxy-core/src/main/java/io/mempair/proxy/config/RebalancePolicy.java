package io.mempair.proxy.config;

/**
 * What a reload does that moves keys between servers.
 *
 * @param copies         whether the keys that move are copied first, while the former servers go on serving; otherwise the
 *     next servers serve at once, and those keys are misses
 * @param keysPerSecond  speed of copying, and of deleting what is left behind
 * @param flushesLeaving whether a server that leaves is emptied, so that it can come back; otherwise it stays as it is
 * @param mayEvict       whether servers may get more than fits their memory; otherwise such a change is refused, or given up
 */
public record RebalancePolicy(boolean copies, int keysPerSecond, boolean flushesLeaving, boolean mayEvict) {

    /** Nothing is copied. */
    public static final RebalancePolicy OFF = new RebalancePolicy(false, 20_000, true);

    private static final int MAX_RATE = 1_000_000;

    public RebalancePolicy {
        if (keysPerSecond < 1 || keysPerSecond > MAX_RATE) {
            throw new IllegalArgumentException(
                    "rebalance-rate: " + keysPerSecond + " (expected: 1 to " + MAX_RATE + " keys a second)");
        }
    }

    /** Refuses a change that does not fit. */
    public RebalancePolicy(boolean copies, int keysPerSecond, boolean flushesLeaving) {
        this(copies, keysPerSecond, flushesLeaving, false);
    }
}
