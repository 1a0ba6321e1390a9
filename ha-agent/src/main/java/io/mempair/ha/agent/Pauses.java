package io.mempair.ha.agent;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Pauses of the process, as they show in a tick of the agent that came too late: a garbage collection, a stop, a host that
 * is short of processor time or was stopped itself. Pure: times are given. Agent thread.
 */
final class Pauses {

    /** Nanoseconds; less is the ordinary jitter of a thread. */
    static final long SHORTEST_NANOS = 50_000_000;

    private static final long LINE_PAUSE_NANOS = 1_000_000_000L;

    private final long heartbeatNanos;
    private final LongConsumer counter;
    private @Nullable Long saidNanos;

    /**
     * @param heartbeatNanos  what a pause must exceed to be worth a line
     * @param counter         gets every pause, in nanoseconds
     */
    Pauses(long heartbeatNanos, LongConsumer counter) {
        this.heartbeatNanos = heartbeatNanos;
        this.counter = counter;
    }

    /** A tick was due and came so much later. A line for the log, at most one a second; or null. */
    @Nullable
    String tickCame(long lateNanos, long nowNanos) {
        if (lateNanos <= SHORTEST_NANOS) {
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
