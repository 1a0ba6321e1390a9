package io.mempair.proxy.health;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Decides when to reconnect to a lost server: immediately the first time, then after a pause that doubles up to a
 * maximum, with up to a quarter of jitter so that loops and proxies do not reconnect together. Pure; one instance per
 * connection.
 */
public final class ReconnectPolicy {

    private final RandomGenerator random;
    private long minNanos;
    private long maxNanos;
    private int failures;

    /**
     * @param min     first pause
     * @param max     longest pause before the spread
     * @param random  seeded by the caller
     */
    public ReconnectPolicy(Duration min, Duration max, RandomGenerator random) {
        this.minNanos = min.toNanos();
        this.maxNanos = max.toNanos();
        this.random = random;
    }

    /** Pauses between these bounds from the next failure on. */
    public void change(Duration min, Duration max) {
        minNanos = min.toNanos();
        maxNanos = max.toNanos();
    }

    /** The server answered: the next failure is a first one again. */
    public void succeeded() {
        failures = 0;
    }

    /** A connection failed or was lost; returns how long to wait before the next try, in nanoseconds. */
    public long failed() {
        if (failures++ == 0) {
            return 0;
        }
        int doublings = Math.min(failures - 2, 30);
        long pauseNanos = minNanos > maxNanos >> doublings ? maxNanos : minNanos << doublings;
        return pauseNanos + (long) (random.nextDouble() * pauseNanos / 4);
    }
}
