package io.mempair.proxy.server;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.internal.PlatformDependent;

/** What Netty has from the system outside of the heap, in use or kept for reuse. Any thread. */
final class AllocatedMemory {

    private AllocatedMemory() {}

    /** In bytes; one look at a counter. */
    static long bytes() {
        long counted = PlatformDependent.usedDirectMemory();
        if (counted >= 0) {
            return counted;
        }
        return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
                ? provider.metric().usedDirectMemory()
                : 0;
    }
}
