package io.mempair.proxy.server;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.internal.PlatformDependent;

/** The direct memory Netty holds from the system, in use or pooled. Any thread. */
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
