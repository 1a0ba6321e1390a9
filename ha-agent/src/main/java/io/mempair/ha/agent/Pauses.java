package io.mempair.ha.agent;

import io.mempair.ha.metrics.PairMetrics;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Detects pauses of the process from late ticks of the agent: a garbage collection, SIGSTOP, a host that lacks
 * processor time or was suspended. Pure: time is a parameter. Agent thread.
 */
final class Pauses {

    private static final long LINE_PAUSE_NANOS = 1_000_000_000L;

    private final long heartbeatNanos;
    private final LongConsumer counter;
    private @Nullable Long saidNanos;

    /**
     * @param heartbeatNanos  longer pauses are logged
     * @param counter         receives every pause, in nanoseconds
     */
    Pauses(long heartbeatNanos, LongConsumer counter) {
        this.heartbeatNanos = heartbeatNanos;
        this.counter = counter;
    }

    /** A tick came this late. Returns a line for the log, at most one per second, or null. */
    @Nullable
    String tickCame(long lateNanos, long nowNanos) {
        if (lateNanos <= PairMetrics.SHORTEST_PAUSE_NANOS) {
            return null;
        }
        counter.accept(lateNanos);
        if (lateNanos <= heartbeatNanos || (saidNanos != null && nowNanos - saidNanos < LINE_PAUSE_NANOS)) {
            return null;
        }
        saidNanos = nowNanos;
        return "this process paused for " + lateNanos / 1_000_000
                + " ms (garbage collection, SIGSTOP, or a host short of" + " processor time)";
    }
}
