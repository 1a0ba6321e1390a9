package io.mempair.proxy.server;

import io.mempair.proxy.config.MemoryPlan;
import io.mempair.proxy.config.ProxyConfig;
import io.mempair.proxy.loop.Fence;
import io.mempair.proxy.loop.Gather;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.loop.MemoryBudget;
import io.mempair.proxy.replication.IdClock;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** The event loops of one proxy: their threads, their contexts, and the memory that they share out. Any thread. */
final class EventLoops {

    /** The clock of {@link LoopContext#nowNanos}. */
    private static final Ticker TICKER = Ticker.systemTicker();

    /**
     * Milliseconds without a task before a loop terminates: by then the kernel has returned its read buffers, which
     * io_uring needs.
     */
    private static final long CLOSING_MILLIS = 50;

    private final Transport transport;
    private final EventLoopGroup group;
    private final MemoryBudget memory;
    private final List<LoopContext> contexts;
    private final LoopEnds ends = new LoopEnds();

    /**
     * Makes the threads.
     *
     * @param threads  what their names begin with
     * @param plan     how the memory is shared out
     * @param ids      makes cas ids
     * @param relieve  asks the loop of that number to free memory of its clients
     * @throws IllegalStateException if the transport asked for does not work on this host
     */
    EventLoops(ProxyConfig config, String threads, MemoryPlan plan, Fence fence, IdClock ids, IntConsumer relieve) {
        int count = config.loops();
        this.transport = Transport.of(config.transport(), config.listeners().unix() != null);
        this.group = new MultiThreadIoEventLoopGroup(
                count,
                new DefaultThreadFactory(threads, true),
                transport.handlers(new DefaultThreadFactory(threads + "-alarm", true), ends::broken));
        this.memory = new MemoryBudget(
                plan.clientBytes(count),
                count,
                AllocatedMemory::bytes,
                plan.maxAllocatedBytes(),
                plan.heapBytesOfLoop(count),
                relieve);
        long gatherNanos = config.gather().toNanos();
        this.contexts = IntStream.range(0, count)
                .mapToObj(number -> new LoopContext(
                        group.next(), TICKER, fence, ids, ends::broken, memory, number, new Gather(gatherNanos)))
                .toList();
        ends.watch(contexts.stream().map(LoopContext::eventLoop).toList());
    }

    /** Now, on the clock of {@link LoopContext#nowNanos}. */
    static long clockNanos() {
        return TICKER.initialNanoTime() + TICKER.nanoTime();
    }

    Transport transport() {
        return transport;
    }

    EventLoopGroup group() {
        return group;
    }

    MemoryBudget memory() {
        return memory;
    }

    /** One of each loop, by its number. */
    List<LoopContext> contexts() {
        return contexts;
    }

    /** Whether they are alive. */
    LoopEnds ends() {
        return ends;
    }

    /**
     * Ends the threads.
     *
     * @param limitMillis  after which they end with work left
     * @param waits        whether to return only then; not on one of them
     */
    void close(long limitMillis, boolean waits) {
        Future<?> ended = group.shutdownGracefully(CLOSING_MILLIS, limitMillis, TimeUnit.MILLISECONDS);
        if (waits) {
            ended.awaitUninterruptibly(limitMillis, TimeUnit.MILLISECONDS);
        }
    }
}
