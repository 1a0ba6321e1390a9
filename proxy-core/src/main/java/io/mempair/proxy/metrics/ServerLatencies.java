package io.mempair.proxy.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Latencies of all loops together: of one server since it is in the pool, or of the requests of clients. Any thread. */
public final class ServerLatencies {

    private final List<LoopLatencies> loops;

    /** Of no loop yet. */
    public ServerLatencies() {
        this(List.of());
    }

    /** Of these loops. */
    public ServerLatencies(List<LoopLatencies> loops) {
        this.loops = new CopyOnWriteArrayList<>(loops);
    }

    /**
     * A histogram at one moment.
     *
     * @param counts    answers in each of the {@link LatencyBuckets}, each answer in one
     * @param sumNanos  of all their latencies; perhaps a moment older or newer than the counts
     */
    public record Histogram(List<Long> counts, long sumNanos) {

        public Histogram {
            counts = List.copyOf(counts);
        }

        /** Whether nothing was counted. */
        public boolean isEmpty() {
            return counts.stream().allMatch(count -> count == 0);
        }
    }

    /** Where one more loop is to count. */
    public LoopLatencies ofOneLoop() {
        LoopLatencies added = new LoopLatencies();
        loops.add(added);
        return added;
    }

    /** The answers to one command, merged over the loops. */
    public Histogram histogram(TimedCommand command) {
        long[] buckets = new long[LatencyBuckets.count()];
        long sumNanos = 0;
        for (LoopLatencies loop : loops) {
            sumNanos += loop.addTo(buckets, command);
        }
        return new Histogram(Arrays.stream(buckets).boxed().toList(), sumNanos);
    }
}
