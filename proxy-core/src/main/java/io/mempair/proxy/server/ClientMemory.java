package io.mempair.proxy.server;

import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.loop.MemoryBudget;
import io.mempair.proxy.loop.MemoryUse;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.metrics.ProxyMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;

/** The memory that clients occupy, for the status and metrics. Any thread. */
final class ClientMemory {

    private final MemoryBudget budget;
    private final List<LoopContext> loops;
    private final ProxyMeters meters;

    ClientMemory(MemoryBudget budget, List<LoopContext> loops, ProxyMeters meters) {
        this.budget = budget;
        this.loops = List.copyOf(loops);
        this.meters = meters;
    }

    /** A snapshot. */
    ProxyHealth.Memory look() {
        List<ProxyHealth.MemoryHeld> held = new ArrayList<>();
        for (MemoryUse use : MemoryUse.values()) {
            held.add(new ProxyHealth.MemoryHeld(use.label(), bytes(use)));
        }
        return new ProxyHealth.Memory(
                budget.limitBytes(),
                held,
                budget.allocatedBytes(),
                budget.maxAllocatedBytes(),
                heapBytes(),
                loops.size() * budget.heapBytesOfLoop(),
                budget.isShort(),
                meters.total(ProxyMeter.CLIENTS_UNREAD)
                        + meters.total(ProxyMeter.CLIENTS_GREEDIEST)
                        + meters.total(ProxyMeter.CLIENTS_STALLED));
    }

    private long bytes(MemoryUse use) {
        long sum = 0;
        for (LoopContext loop : loops) {
            sum += loop.memory().bytes(use);
        }
        return sum;
    }

    private long heapBytes() {
        long sum = 0;
        for (LoopContext loop : loops) {
            sum += loop.memory().heapBytes();
        }
        return sum;
    }

    void bindTo(MeterRegistry registry) {
        for (MemoryUse use : MemoryUse.values()) {
            ProxyMeters.gauge(
                    registry,
                    "mempair.proxy.memory.bytes",
                    "Memory outside of the heap that clients make the proxy hold, by what holds it",
                    this,
                    memory -> memory.bytes(use),
                    "use",
                    use.label());
        }
        ProxyMeters.gauge(
                registry,
                "mempair.proxy.memory.limit.bytes",
                "What clients together may make the proxy hold outside of the heap",
                budget,
                MemoryBudget::limitBytes);
        ProxyMeters.gauge(
                registry,
                "mempair.proxy.memory.allocated.bytes",
                "What Netty has from the system outside of the heap, in use or kept for reuse",
                budget,
                MemoryBudget::allocatedBytes);
        ProxyMeters.gauge(
                registry,
                "mempair.proxy.memory.allocated.limit.bytes",
                "From here on the client that holds most is closed",
                budget,
                MemoryBudget::maxAllocatedBytes);
        ProxyMeters.gauge(
                registry,
                "mempair.proxy.memory.heap.bytes",
                "Heap that requests of clients take, by estimate",
                this,
                ClientMemory::heapBytes);
        ProxyMeters.gauge(
                registry,
                "mempair.proxy.memory.heap.limit.bytes",
                "What requests of clients together may take of the heap",
                this,
                memory -> memory.loops.size() * memory.budget.heapBytesOfLoop());
    }
}
