package io.mempair.proxy.server;

import io.mempair.proxy.metrics.ProxyMeters;
import io.mempair.proxy.transfer.RebalanceProgress;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** Registers what is known of the rebalance that is under way, or the last one; zero before the first. Any thread. */
final class RebalanceGauges {

    private RebalanceGauges() {}

    /** Registers them. */
    static void bindTo(MeterRegistry registry, Supplier<Optional<RebalanceProgress>> progress) {
        gauge(
                registry,
                "mempair.proxy.rebalance.running",
                "1 while the servers of keys are being changed",
                progress,
                one -> one.phase().isOver() ? 0 : 1);
        gauge(
                registry,
                "mempair.proxy.rebalance.rounds",
                "How often the present or last rebalance has begun to copy keys: more than once if servers failed or were flushed",
                progress,
                RebalanceProgress::round);
        gauge(
                registry,
                "mempair.proxy.rebalance.copied",
                "Keys that the present or last rebalance has copied",
                progress,
                RebalanceProgress::copied);
        gauge(
                registry,
                "mempair.proxy.rebalance.unfit",
                "Keys of the present or last rebalance that their next server cannot store",
                progress,
                RebalanceProgress::unfit);
        gauge(
                registry,
                "mempair.proxy.rebalance.late",
                "Keys written since they were copied, and not copied again yet",
                progress,
                RebalanceProgress::late);
    }

    private static void gauge(
            MeterRegistry registry,
            String name,
            String meaning,
            Supplier<Optional<RebalanceProgress>> progress,
            ToLongFunction<RebalanceProgress> value) {
        ProxyMeters.gauge(
                registry,
                name,
                meaning,
                progress,
                source ->
                        source.get().map(one -> (double) value.applyAsLong(one)).orElse(0.0));
    }
}
