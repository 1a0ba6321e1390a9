package io.mempair.ha.metrics;

import io.mempair.ha.election.Reason.Cause;
import io.mempair.proxy.metrics.LatencyBuckets;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Where the values of the meters come from. Any thread; a scrape reads and never waits. */
public final class PairMetrics {

    /** Nanoseconds; a shorter pause is normal jitter and not counted. */
    public static final long SHORTEST_PAUSE_NANOS = 50_000_000;

    /** The buckets of the latencies, from the shortest pause that counts on. */
    private static final Duration[] PAUSE_BOUNDS = Arrays.stream(LatencyBuckets.boundsNanos())
            .filter(nanos -> nanos >= SHORTEST_PAUSE_NANOS && nanos < Long.MAX_VALUE)
            .mapToObj(Duration::ofNanos)
            .toArray(Duration[]::new);

    private final Map<PairMeter, DoubleSupplier> sources = new EnumMap<>(PairMeter.class);
    private final Map<Cause, LongAdder> transitions = new EnumMap<>(Cause.class);

    /** One for each registry; what happened before it was bound is not in it. */
    private final List<Timer> pauses = new CopyOnWriteArrayList<>();

    private final HandoverMeters handovers = new HandoverMeters();

    public PairMetrics() {
        for (Cause cause : Cause.values()) {
            transitions.put(cause, new LongAdder());
        }
    }

    /** Names the source of a meter; before {@link #bindTo}. */
    public PairMetrics with(PairMeter meter, DoubleSupplier source) {
        sources.put(meter, source);
        return this;
    }

    /** Counts one change of role. */
    public void countTransition(Cause cause) {
        LongAdder counter = transitions.get(cause);
        if (counter != null) {
            counter.increment();
        }
    }

    /** The counters of hand-overs. */
    public HandoverMeters handovers() {
        return handovers;
    }

    /** Counts one pause of the process. */
    public void countPause(long pauseNanos) {
        pauses.forEach(timer -> timer.record(pauseNanos, TimeUnit.NANOSECONDS));
    }

    /** Registers every meter that has a source. */
    public void bindTo(MeterRegistry registry) {
        pauses.add(Timer.builder(PairMeter.PAUSES.meterName())
                .description(PairMeter.PAUSES.meaning())
                .serviceLevelObjectives(PAUSE_BOUNDS)
                .register(registry));
        handovers.bindTo(registry);
        sources.forEach((meter, source) -> bind(registry, meter, source));
        transitions.forEach((cause, counter) -> FunctionCounter.builder(
                        PairMeter.TRANSITIONS.meterName(), counter, LongAdder::doubleValue)
                .description(PairMeter.TRANSITIONS.meaning())
                .tag("reason", cause.name().toLowerCase(Locale.ROOT))
                .register(registry));
    }

    private static void bind(MeterRegistry registry, PairMeter meter, DoubleSupplier source) {
        String unit = meter.unit().isEmpty() ? null : meter.unit();
        if (meter.type() == PairMeter.Type.GAUGE) {
            Gauge.builder(meter.meterName(), source::getAsDouble)
                    .description(meter.meaning())
                    .baseUnit(unit)
                    .strongReference(true)
                    .register(registry);
        } else {
            FunctionCounter.builder(meter.meterName(), source, DoubleSupplier::getAsDouble)
                    .description(meter.meaning())
                    .baseUnit(unit)
                    .register(registry);
        }
    }
}
