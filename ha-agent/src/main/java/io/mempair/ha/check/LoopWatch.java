package io.mempair.ha.check;

import java.util.ArrayList;
import java.util.List;

/**
 * Detects stuck event loops of the proxy. Counts silence only while this watch itself was running: after a pause of the
 * process every loop looks stuck. Pure: time is a parameter. One thread.
 */
final class LoopWatch {

    /** As for a carrier: a loop that gets stuck repeatedly stays bad. */
    private static final long RISE_NANOS = 1_000_000_000L;

    private final long limitNanos;
    private final long lateNanos;
    private final List<Recovery> recoveries = new ArrayList<>();
    private long awakeSinceNanos;
    private long lastLookNanos;

    /**
     * @param limitNanos  longest silence of a loop
     * @param lateNanos   a gap between two checks that indicates a pause of this process
     */
    LoopWatch(long limitNanos, long lateNanos, long nowNanos) {
        this.limitNanos = limitNanos;
        this.lateNanos = lateNanos;
        this.awakeSinceNanos = nowNanos;
        this.lastLookNanos = nowNanos;
    }

    /**
     * The current problems; empty if there are none.
     *
     * @param silenceNanos  nanoseconds since the last turn of each loop
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
