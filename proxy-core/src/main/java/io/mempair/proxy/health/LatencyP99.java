package io.mempair.proxy.health;

import java.util.Arrays;

/** How long a server takes for the slowest hundredth of its answers, measured over the most recent ones. Pure; confined. */
public final class LatencyP99 {

    /** Answers that count: five of them are slower than what is said. */
    private static final int WINDOW = 512;

    /** Answers from one reckoning to the next. */
    private static final int STEP = 64;

    private final long[] recent = new long[WINDOW];
    private int count;
    private long nanos = Long.MAX_VALUE;

    /** An answer came after so long. */
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

    /** 99 of 100 answers come within this time; {@link Long#MAX_VALUE} before there were enough to say so. */
    public long nanos() {
        return nanos;
    }
}
