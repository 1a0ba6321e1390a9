package io.mempair.proxy.server;

import io.mempair.proxy.handover.ClientHandover;
import io.mempair.proxy.handover.ConnectionCopy;
import io.mempair.proxy.handover.ConnectionCopyCodec;
import io.mempair.proxy.handover.MoveCounts;
import io.mempair.proxy.handover.SendQueuePeek;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Moves the connections of all loops. Any thread. */
final class ConnectionMover implements ClientHandover {

    private final Transport transport;
    private final Loops loops;
    private final Serving serving;
    private final ByteBufAllocator allocator;
    private final RecvByteBufAllocator buffers;
    private int nextLoop;

    /** @param buffers  for what clients send */
    ConnectionMover(
            Transport transport,
            Loops loops,
            Serving serving,
            ByteBufAllocator allocator,
            RecvByteBufAllocator buffers) {
        this.transport = transport;
        this.loops = loops;
        this.serving = serving;
        this.allocator = allocator;
        this.buffers = buffers;
    }

    @Override
    public @Nullable String refusal() {
        return HandoverTrial.refusal(transport.choice());
    }

    @Override
    public CompletionStage<Void> quiesce(Duration grace) {
        return serving.quiesce(grace);
    }

    @Override
    public CompletionStage<MoveCounts> copy(Set<InetAddress> addresses, Consumer<byte[]> sink) {
        SendQueuePeek peek = SendQueuePeek.open();
        return sum(loop -> loop.clients().copy(addresses, peek, sink)).whenComplete((counts, failure) -> {
            if (peek != null) {
                peek.close();
            }
        });
    }

    @Override
    public CompletionStage<Void> takeBack() {
        return loops.each(loop -> loop.clients().takeBack());
    }

    @Override
    public CompletionStage<Void> closeCopies() {
        return loops.each(loop -> loop.clients().closeCopies());
    }

    @Override
    public CompletionStage<Void> restore(byte[] copies) {
        List<ConnectionCopy> decoded;
        try {
            decoded = ConnectionCopyCodec.decode(copies);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        List<List<ConnectionCopy>> parts = new ArrayList<>();
        loops.all().forEach(loop -> parts.add(new ArrayList<>()));
        decoded.forEach(copy -> parts.get(next(parts.size())).add(copy));
        List<CompletableFuture<Void>> begun = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            begun.add(loops.all()
                    .get(i)
                    .clients()
                    .restore(parts.get(i), this::newChannel)
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(begun.toArray(CompletableFuture[]::new));
    }

    private synchronized int next(int count) {
        nextLoop = (nextLoop + 1) % count;
        return nextLoop;
    }

    /** A channel as the listeners make it, which does not read by itself. */
    private Channel newChannel() {
        Channel channel = HandoverTrial.channel(transport.choice());
        ChannelConfig config = channel.config();
        config.setAutoRead(false);
        config.setAllocator(allocator);
        config.setRecvByteBufAllocator(buffers);
        config.setWriteBufferWaterMark(Listeners.CLIENT_WATER_MARK);
        config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        return channel;
    }

    @Override
    public CompletionStage<MoveCounts> restored() {
        return sum(loop -> loop.clients().restored());
    }

    private CompletionStage<MoveCounts> sum(Function<OneLoop, CompletionStage<MoveCounts>> part) {
        BiFunction<MoveCounts, MoveCounts, MoveCounts> plus = MoveCounts::plus;
        CompletionStage<MoveCounts> all = CompletableFuture.completedFuture(MoveCounts.NONE);
        List<CompletionStage<MoveCounts>> parts = loops.all().stream().map(part).toList(); // all begin at once
        for (CompletionStage<MoveCounts> one : parts) {
            all = all.thenCombine(one, plus);
        }
        return all;
    }

    @Override
    public CompletionStage<Void> activate(boolean probes) {
        return loops.each(loop -> loop.clients().activate(probes));
    }

    @Override
    public CompletionStage<Void> settle() {
        return loops.each(loop -> loop.clients().settle());
    }

    @Override
    public CompletionStage<Long> retransmitted() {
        CompletionStage<Long> all = CompletableFuture.completedFuture(0L);
        for (OneLoop loop : loops.all()) {
            all = all.thenCombine(loop.clients().retransmitted(), Long::sum);
        }
        return all;
    }

    @Override
    public CompletionStage<Void> discard() {
        return loops.each(loop -> loop.clients().discard());
    }
}
