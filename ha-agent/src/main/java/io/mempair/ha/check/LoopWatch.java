package io.mempair.ha.check;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds event loops of the proxy that do not come round any more. Only silence during which this watch itself was awake
 * counts: after a pause of the whole process every loop looks stuck. Pure: times are given. One thread.
 */
final class LoopWatch {

    /** As for a carrier: a loop that gets stuck again and again is no good. */
    private static final long RISE_NANOS = 1_000_000_000L;

    private final long limitNanos;
    private final long lateNanos;
    private final List<Recovery> recoveries = new ArrayList<>();
    private long awakeSinceNanos;
    private long lastLookNanos;

    /**
     * @param limitNanos  silence of a loop that is too long
     * @param lateNanos   a look so long after the one before says that this process paused
     */
    LoopWatch(long limitNanos, long lateNanos, long nowNanos) {
        this.limitNanos = limitNanos;
        this.lateNanos = lateNanos;
        this.awakeSinceNanos = nowNanos;
        this.lastLookNanos = nowNanos;
    }

    /**
     * What is wrong now; empty when nothing is.
     *
     * @param silenceNanos  how long each loop has not come round
     */
    List<String> look(long[] silenceNanos, long nowNanos) {
        if (nowNanos - lastLookNanos >= lateNanos) {
            awakeSinceNanos = nowNanos;
        }
        lastLookNanos = nowNanos;
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < silenceNanos.length; i++) {
            if (recoveries.size() == i) {
                recoveries.add(new Recovery(RISE_NANOS));
            }
            boolean comesRound = Math.min(silenceNanos[i], nowNanos - awakeSinceNanos) < limitNanos;
            if (!recoveries.get(i).look(comesRound, nowNanos)) {
                problems.add("event loop " + i + " stuck for more than " + limitNanos / 1_000_000
                        + " ms: take a thread dump (jstack) and restart the node");
            }
        }
        return problems;
    }
}
