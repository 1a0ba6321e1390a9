package io.mempair.proxy.server;

import io.mempair.proxy.frontend.ClientRegistry;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.loop.MemoryBudget;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.refill.Refills;
import io.mempair.proxy.replication.DelayedFlush;
import io.mempair.proxy.replication.WriteOrder;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Puts each loop together: its connections to the servers, its plan and the registry of its clients. */
final class LoopFactory {

    /** Unsent bytes of a server connection at which reading clients stops. */
    private static final WriteBufferWaterMark SERVER_WATER_MARK = new WriteBufferWaterMark(1 << 20, 4 << 20);

    private final Setup setup;
    private final Transport transport;
    private final ByteBufAllocator allocator;
    private final OffLoopResolver resolver;
    private final MemoryBudget memory;
    private final DelayedFlush delayedFlush;
    private final ProxyStats stats;
    private final AtomicInteger clients;
    private int made;

    /**
     * @param setup         the first
     * @param allocator     of the channels' buffers
     * @param resolver      of the servers' names
     * @param memory        of all loops
     * @param delayedFlush  the flush that is to come
     * @param stats         what clients ask for
     * @param clients       counts the clients of all loops
     */
    LoopFactory(
            Setup setup,
            Transport transport,
            ByteBufAllocator allocator,
            OffLoopResolver resolver,
            MemoryBudget memory,
            DelayedFlush delayedFlush,
            ProxyStats stats,
            AtomicInteger clients) {
        this.setup = setup;
        this.transport = transport;
        this.allocator = allocator;
        this.resolver = resolver;
        this.memory = memory;
        this.delayedFlush = delayedFlush;
        this.stats = stats;
        this.clients = clients;
    }

    /**
     * A loop with its first plan.
     *
     * @param order  of its writes
     */
    OneLoop loop(LoopContext context, WriteOrder order) {
        Bootstrap toServers = new Bootstrap()
                .group(context.eventLoop())
                .channel(transport.client())
                .resolver(resolver)
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                // unsent bytes must not reach a server after this process dies, behind writes of the peer
                .option(ChannelOption.SO_LINGER, 0)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        ReceiveBuffers.forServers(ReceiveBuffers.mostOfServers(memory::isShort)))
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, SERVER_WATER_MARK);
        SplittableRandom spread =
                new SplittableRandom(31L * ProcessHandle.current().pid() + made++);
        Pool pool = new Pool(setup.config().pool(), setup.servers(), context, toServers, spread);
        Refills refills = new Refills(
                context, order, (int) pool.copyPolicy().refillLifetime().toSeconds());
        ServingPlan plan = new ServingPlan(
                pool, setup.config().limits(), setup.config().policy(), order, refills, delayedFlush, setup.casIds());
        ClientRegistry registry = new ClientRegistry(context, plan, stats, clients);
        context.onLeaseOver(() -> {
            registry.dropAll("no lease");
            context.eventLoop().execute(context::cutOff);
        });
        return new OneLoop(context, plan, registry);
    }
}
