package io.mempair.proxy.server;

import io.mempair.proxy.metrics.ProxyMeters;
import io.mempair.proxy.rebalance.RebalancePhase;
import io.mempair.proxy.transfer.RebalanceProgress;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Registers what is known of the rebalance that is under way, or the last one; zero before the first. Any thread. */
final class RebalanceGauges {

    private RebalanceGauges() {}

    /** Registers them. */
    static void bindTo(MeterRegistry registry, Supplier<Optional<RebalanceProgress>> progress) {
        gauge(
                registry,
                "running",
                "1 while the servers of keys are being changed",
                progress,
                one -> one.phase().isOver() ? 0 : 1);
        for (RebalancePhase phase : RebalancePhase.values()) {
            gauge(
                    registry,
                    "phase",
                    "1 for what the present or last rebalance is doing",
                    progress,
                    one -> one.phase() == phase ? 1 : 0,
                    "phase",
                    phase.toString());
        }
        gauge(
                registry,
                "rounds",
                "How often the present or last rebalance has begun to copy keys: more than once if servers failed or were flushed",
                progress,
                RebalanceProgress::round);
        gauge(
                registry,
                "expected",
                "Keys that the present or last rebalance moves, by estimate",
                progress,
                RebalanceProgress::expected);
        gauge(
                registry,
                "visited",
                "Of these, keys that were copied in the present round",
                progress,
                RebalanceProgress::visited);
        gauge(
                registry,
                "left.seconds",
                "Time until every key is copied, by estimate; -1 if that cannot be said",
                progress,
                RebalanceProgress::secondsLeft);
        gauge(
                registry,
                "copied",
                "Keys that the present or last rebalance has copied, some more than once",
                progress,
                RebalanceProgress::copied);
        gauge(
                registry,
                "unfit",
                "Keys of the present or last rebalance that their next server cannot store",
                progress,
                RebalanceProgress::unfit);
        gauge(
                registry,
                "evicted",
                "Items that servers which get keys have dropped for want of memory since the copy began",
                progress,
                RebalanceProgress::evicted);
        gauge(
                registry,
                "late",
                "Keys written since they were copied, and not copied again yet",
                progress,
                RebalanceProgress::late);
        gauge(
                registry,
                "doubtful",
                "Keys with a write that a server may still carry out",
                progress,
                RebalanceProgress::doubtful);
    }

    private static void gauge(
            MeterRegistry registry,
            String name,
            String meaning,
            Supplier<Optional<RebalanceProgress>> progress,
            ToDoubleFunction<RebalanceProgress> value,
            String... tags) {
        ProxyMeters.gauge(
                registry,
                "mempair.proxy.rebalance." + name,
                meaning,
                progress,
                source -> source.get().map(value::applyAsDouble).orElse(0.0),
                tags);
    }
}
