package io.mempair.ha.metrics;

import io.mempair.proxy.handover.MoveCounts;
import io.mempair.proxy.handover.NotMoved;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/** Counts hand-overs, most of it at their source. Any thread. */
public final class HandoverMeters {

    private final LongAdder moved = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder retransmitted = new LongAdder();
    private final Map<NotMoved, LongAdder> notMoved = new EnumMap<>(NotMoved.class);

    /** One for each registry; what happened before it was bound is not in it. */
    private final List<DistributionSummary> durations = new CopyOnWriteArrayList<>();

    public HandoverMeters() {
        for (NotMoved reason : NotMoved.values()) {
            notMoved.put(reason, new LongAdder());
        }
    }

    /** A hand-over was committed, so long after the last request had begun. */
    public void moved(MoveCounts counts, long tookNanos) {
        moved.add(counts.moved());
        counts.notMoved().forEach((reason, count) -> {
            LongAdder counter = notMoved.get(reason);
            if (counter != null) {
                counter.add(count);
            }
        });
        durations.forEach(summary -> summary.record(tookNanos / 1e9));
    }

    /** A hand-over was begun and not committed. */
    public void failed() {
        failed.increment();
    }

    /** At the target: connections taken have sent so many segments again. */
    public void retransmitted(long segments) {
        retransmitted.add(segments);
    }

    /** Registers the meters. */
    void bindTo(MeterRegistry registry) {
        durations.add(DistributionSummary.builder(PairMeter.HANDOVER.meterName())
                .description(PairMeter.HANDOVER.meaning())
                .baseUnit(PairMeter.HANDOVER.unit())
                .register(registry));
        counter(registry, PairMeter.HANDOVER_CONNECTIONS, "moved", moved);
        notMoved.forEach((reason, count) -> counter(registry, PairMeter.HANDOVER_CONNECTIONS, reason.word(), count));
        counter(registry, PairMeter.HANDOVERS_FAILED, failed);
        counter(registry, PairMeter.HANDOVER_RETRANSMISSIONS, retransmitted);
    }

    private static void counter(MeterRegistry registry, PairMeter meter, LongAdder count) {
        FunctionCounter.builder(meter.meterName(), count, LongAdder::doubleValue)
                .description(meter.meaning())
                .register(registry);
    }

    private static void counter(MeterRegistry registry, PairMeter meter, String result, LongAdder count) {
        FunctionCounter.builder(meter.meterName(), count, LongAdder::doubleValue)
                .description(meter.meaning())
                .tag("result", result)
                .register(registry);
    }
}
