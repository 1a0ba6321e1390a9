package io.mempair.proxy.inspect;

/** How many lines of a kind a log gets in a second. Pure; one thread. */
final class LineLimit {

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final int linesPerSecond;
    private long beganNanos;
    private int said;
    private long unsaid;
    private boolean begun;

    LineLimit(int linesPerSecond) {
        this.linesPerSecond = linesPerSecond;
    }

    /** Whether one may be said now; if not, it is counted. */
    boolean allows(long nowNanos) {
        if (!begun || nowNanos - beganNanos >= SECOND_NANOS) {
            begun = true;
            beganNanos = nowNanos;
            said = 0;
        }
        if (said < linesPerSecond) {
            said++;
            return true;
        }
        unsaid++;
        return false;
    }

    /** How many were not said since the last call. */
    long unsaid() {
        long count = unsaid;
        unsaid = 0;
        return count;
    }
}
