package io.mempair.proxy.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Attaches the counters of all loops to a registry: one meter each, the sum made when scraped. */
public final class ProxyMeters {

    private final List<LoopCounters> loops;

    public ProxyMeters(List<LoopCounters> loops) {
        this.loops = List.copyOf(loops);
    }

    /** Registers every {@link ProxyMeter}. */
    public void bindTo(MeterRegistry registry) {
        for (ProxyMeter meter : ProxyMeter.values()) {
            FunctionCounter.Builder<ProxyMeters> counter = FunctionCounter.builder(
                            meter.meterName(), this, meters -> meters.total(meter))
                    .description(meter.meaning());
            if (!meter.value().isEmpty()) {
                counter.tag(meter.label(), meter.value());
            }
            counter.register(registry);
        }
    }

    /** Registers a gauge that asks {@code source} when scraped. */
    public static <T> void gauge(
            MeterRegistry registry, String name, String meaning, T source, ToDoubleFunction<T> value, String... tags) {
        Gauge.builder(name, source, value).description(meaning).tags(tags).register(registry);
    }

    /** The sum over all loops. */
    public long total(ProxyMeter meter) {
        long sum = 0;
        for (LoopCounters loop : loops) {
            sum += loop.value(meter);
        }
        return sum;
    }
}
