package io.mempair.proxy.fuzz;

import io.mempair.proxy.backend.ServerAccess;
import io.mempair.proxy.backend.ServerState;
import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.config.ClientPolicy;
import io.mempair.proxy.config.Distribution;
import io.mempair.proxy.config.PoolConfig;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.config.ServerTimeouts;
import io.mempair.proxy.frontend.ClientRegistry;
import io.mempair.proxy.loop.Fence;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.pool.Pool;
import io.mempair.proxy.pool.ServingPlan;
import io.mempair.proxy.refill.Refills;
import io.mempair.proxy.replication.CasIds;
import io.mempair.proxy.replication.DelayedFlush;
import io.mempair.proxy.replication.IdClock;
import io.mempair.proxy.replication.PeerKnowledge;
import io.mempair.proxy.replication.ReplicaState;
import io.mempair.proxy.replication.Stripes;
import io.mempair.proxy.replication.WriteOrder;
import io.mempair.proxy.testkit.Thrown;
import io.mempair.proxy.testkit.script.QuietFacts;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Ticker;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One client of a proxy whose servers are all down: each request is framed, checked, routed and answered at once, and what it
 * held is released. One thread.
 */
final class FuzzedClient {

    /** What the client was sent, and whether it was closed then. */
    record FuzzedAnswers(byte[] bytes, boolean closed) {

        @Override
        public String toString() {
            return new String(bytes, StandardCharsets.ISO_8859_1) + (closed ? "<closed>" : "");
        }
    }

    private static final ServerAddress NOWHERE = new ServerAddress("127.0.0.1", 1);

    private FuzzedClient() {}

    /**
     * Sends {@code pieces}, a read each.
     *
     * @throws AssertionError if a handler threw, or a buffer was not released at the end
     */
    static FuzzedAnswers send(List<byte[]> pieces, ClientPolicy policy, boolean twoCopies) {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAllocator(allocator);
        registry(channel, policy, twoCopies).accept(channel, null);
        channel.pipeline().fireChannelActive();
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            if (channel.isOpen()) {
                channel.writeInbound(
                        allocator.directBuffer(Math.max(1, piece.length)).writeBytes(piece));
                channel.runPendingTasks();
                collect(channel, answers);
            }
        }
        boolean closed = !channel.isOpen();
        channel.finishAndReleaseAll();
        long heldBytes =
                allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
        if (heldBytes != 0) {
            throw new AssertionError(heldBytes + " bytes are held after the client has gone");
        }
        return new FuzzedAnswers(answers.toByteArray(), closed);
    }

    private static ClientRegistry registry(EmbeddedChannel channel, ClientPolicy policy, boolean twoCopies) {
        Fence fence = new Fence();
        fence.open();
        LoopContext loop =
                new LoopContext(channel.eventLoop(), Ticker.systemTicker(), fence, new IdClock(1, 1L << 41, 0));
        PoolConfig config = new PoolConfig(
                List.of(NOWHERE),
                twoCopies ? List.of(new ServerAddress("127.0.0.1", 2)) : List.of(),
                Distribution.MODULO,
                ServerTimeouts.DEFAULT);
        List<ServerState> states = java.util.stream.Stream.concat(
                        config.primaries().stream(), config.backups().stream())
                .map(FuzzedClient::state)
                .toList();
        Bootstrap nobody = new Bootstrap().group(channel.eventLoop()).channel(NioSocketChannel.class);
        Pool pool = new Pool(config, states, loop, nobody, new SplittableRandom(1));
        WriteOrder order = new WriteOrder(new Stripes((owner, stripe) -> {}), 0, Thrown::on);
        ServingPlan plan = new ServingPlan(
                pool,
                ClientLimits.DEFAULT,
                policy,
                order,
                new Refills(loop, order, 60),
                new DelayedFlush(new PeerKnowledge(), 0, 0),
                new CasIds());
        return new ClientRegistry(loop, plan, new QuietFacts(), new AtomicInteger());
    }

    private static ServerState state(ServerAddress address) {
        return new ServerState(
                address,
                1,
                new ServerAccess(null, null),
                new ReplicaState(address.toString(), new PeerKnowledge(), 1_000_000),
                null);
    }

    private static void collect(EmbeddedChannel channel, ByteArrayOutputStream answers) {
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            byte[] bytes = new byte[out.readableBytes()];
            out.readBytes(bytes);
            answers.writeBytes(bytes);
            out.release();
        }
    }
}
