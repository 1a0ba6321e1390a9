package io.mempair.proxy.server;

import io.mempair.proxy.config.MemoryPlan;
import io.mempair.proxy.replication.Stripes;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetAddress;
import java.util.function.Function;

/**
 * Parts of a proxy that tests replace.
 *
 * @param stripes    makes what the loops share of the order of writes: in a test, one that pauses between steps
 * @param allocator  of the channels' buffers: in a test, one that has none
 * @param memory     how the memory is shared out: in a test, a smaller one than that of this process
 * @param names      how the host looks names of servers up: in a test, names that move
 */
record Parts(
        Function<Stripes.Granter, Stripes> stripes,
        ByteBufAllocator allocator,
        MemoryPlan memory,
        NameLookups.LookedUpHost names) {

    static final Parts USUAL = new Parts(Stripes::new, ByteBufAllocator.DEFAULT);

    Parts(Function<Stripes.Granter, Stripes> stripes, ByteBufAllocator allocator) {
        this(stripes, allocator, MemoryPlan.ofThisProcess());
    }

    Parts(Function<Stripes.Granter, Stripes> stripes, ByteBufAllocator allocator, MemoryPlan memory) {
        this(stripes, allocator, memory, InetAddress::getAllByName);
    }

    /** The usual parts, with names that are looked up so. */
    static Parts naming(NameLookups.LookedUpHost names) {
        return new Parts(USUAL.stripes, USUAL.allocator, USUAL.memory, names);
    }
}
