package io.mempair.proxy.recovery;

/** So many keys a second and no more, without a timer for each: what was not taken while a timer was late may follow. Pure. */
final class Pace {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** The shortest pause: one timer for what may be taken in that time. */
    private static final long MIN_PAUSE_NANOS = 10_000_000;

    /** How far back what was not taken may still follow. */
    private static final long MAX_CREDIT_NANOS = 50_000_000;

    private final long intervalNanos;
    private long nextNanos;

    /**
     * Begins with no credit.
     *
     * @param keysPerSecond  over 0
     */
    Pace(int keysPerSecond, long nowNanos) {
        this.intervalNanos = NANOS_PER_SECOND / keysPerSecond;
        this.nextNanos = nowNanos;
    }

    /** A key is taken. */
    void took(long nowNanos) {
        long earliestNanos = nowNanos - MAX_CREDIT_NANOS;
        nextNanos = (nextNanos - earliestNanos < 0 ? earliestNanos : nextNanos) + intervalNanos;
    }

    /** How long to wait for the next key; 0 if it may be taken now. */
    long pauseNanos(long nowNanos) {
        long leftNanos = nextNanos - nowNanos;
        return leftNanos <= 0 ? 0 : Math.max(leftNanos, MIN_PAUSE_NANOS);
    }
}
