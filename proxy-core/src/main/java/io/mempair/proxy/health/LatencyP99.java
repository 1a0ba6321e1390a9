package io.mempair.proxy.health;

import java.util.Arrays;

/** The 99th percentile of a server's latency over its most recent replies. Pure; not thread-safe. */
public final class LatencyP99 {

    /** Replies in the window; five of them are slower than the result. */
    private static final int WINDOW = 512;

    /** Replies between two computations. */
    private static final int STEP = 64;

    private final long[] recent = new long[WINDOW];
    private int count;
    private long nanos = Long.MAX_VALUE;

    /** Adds a latency in nanoseconds. */
    public void add(long tookNanos) {
        recent[count % WINDOW] = tookNanos;
        count++;
        if (count % STEP == 0) {
            reckon();
        }
        if (count == 2 * WINDOW) {
            count = WINDOW;
        }
    }

    private void reckon() {
        long[] sorted = Arrays.copyOf(recent, Math.min(count, WINDOW));
        Arrays.sort(sorted);
        nanos = sorted[sorted.length - 1 - sorted.length / 100];
    }

    /** The percentile in nanoseconds; {@link Long#MAX_VALUE} before there are enough replies. */
    public long nanos() {
        return nanos;
    }
}
