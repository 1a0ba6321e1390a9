package io.mempair.proxy.recovery;

/**
 * Limits a rate of keys per second without a timer per key: keys missed while a timer was late may follow in a burst.
 * Pure.
 */
final class Pace {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** The shortest pause, so that one timer covers several keys. */
    private static final long MIN_PAUSE_NANOS = 10_000_000;

    /** Longest time for which missed keys may follow. */
    private static final long MAX_CREDIT_NANOS = 50_000_000;

    private final long intervalNanos;
    private long nextNanos;

    /**
     * Starts without credit.
     *
     * @param keysPerSecond  positive
     */
    Pace(int keysPerSecond, long nowNanos) {
        this.intervalNanos = NANOS_PER_SECOND / keysPerSecond;
        this.nextNanos = nowNanos;
    }

    /** A key was taken. */
    void took(long nowNanos) {
        long earliestNanos = nowNanos - MAX_CREDIT_NANOS;
        nextNanos = (nextNanos - earliestNanos < 0 ? earliestNanos : nextNanos) + intervalNanos;
    }

    /** Nanoseconds to wait before the next key; 0 if it may be taken now. */
    long pauseNanos(long nowNanos) {
        long leftNanos = nextNanos - nowNanos;
        return leftNanos <= 0 ? 0 : Math.max(leftNanos, MIN_PAUSE_NANOS);
    }
}
