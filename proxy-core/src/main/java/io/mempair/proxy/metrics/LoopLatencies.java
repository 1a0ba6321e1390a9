package io.mempair.proxy.metrics;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long answers took on one event loop: one histogram per {@link TimedCommand}. Only the loop writes, as in
 * {@link LoopCounters}: nothing is allocated, no clock is read, no line is shared. Any thread may read.
 */
@SuppressWarnings("EnumOrdinal") // indexes live in this object only and are never stored or sent
public final class LoopLatencies {

    /** Places of one histogram: its buckets and, behind them, the sum in nanoseconds. */
    private static final int PLACES = LatencyBuckets.count() + 1;

    private final AtomicLongArray values = new AtomicLongArray(TimedCommand.values().length * PLACES);

    /** Nothing counted yet. */
    public LoopLatencies() {}

    /** Counts one answer; from the loop only. */
    public void count(TimedCommand command, long latencyNanos) {
        int histogram = command.ordinal() * PLACES;
        add(histogram + LatencyBuckets.of(latencyNanos), 1);
        add(histogram + PLACES - 1, latencyNanos);
    }

    private void add(int index, long amount) {
        values.lazySet(index, values.getPlain(index) + amount);
    }

    /** Adds the buckets of a command to {@code buckets}, and returns its sum in nanoseconds. */
    long addTo(long[] buckets, TimedCommand command) {
        int histogram = command.ordinal() * PLACES;
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] += values.get(histogram + i);
        }
        return values.get(histogram + PLACES - 1);
    }
}
