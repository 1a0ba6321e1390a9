package io.mempair.proxy.frontend;

import io.mempair.proxy.handover.ConnectionCopy;
import io.mempair.proxy.handover.MoveCounts;
import io.mempair.proxy.handover.NotMoved;
import io.mempair.proxy.handover.NotMovedException;
import io.mempair.proxy.handover.RepairedSocket;
import io.mempair.proxy.loop.LoopContext;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores copies of connections on one loop: sockets that nobody can reach, until they are activated or discarded. Confined
 * to the loop.
 */
final class ConnectionRestorer {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionRestorer.class);

    private record RestoredClient(ClientConnection client, ConnectionCopy copy, RepairedSocket socket) {}

    private final LoopContext loop;
    private final LoopServices services;
    private final ClientRegistry registry;
    private final List<RestoredClient> restored = new ArrayList<>();
    private final List<RepairedSocket> unsettled = new ArrayList<>();

    /** Activated last, until somebody asks what they have sent again. */
    private List<RepairedSocket> activated = List.of();

    private final Map<NotMoved, Integer> notMoved = new EnumMap<>(NotMoved.class);
    private int outstanding;
    private boolean discarding;
    private CompletableFuture<MoveCounts> complete = new CompletableFuture<>();
    private boolean ended;

    ConnectionRestorer(LoopServices services, ClientRegistry registry) {
        this.loop = services.loop();
        this.services = services;
        this.registry = registry;
    }

    /**
     * Begins to restore a copy.
     *
     * @param channels  makes a channel of a client, which does not read by itself
     */
    void restore(ConnectionCopy copy, Supplier<Channel> channels) {
        discarding = false;
        Channel channel = channels.get();
        try {
            RepairedSocket socket = new RepairedSocket(channel);
            socket.prepare();
            loop.eventLoop().register(channel);
            ChannelFuture bound = channel.bind(copy.local());
            if (!bound.isSuccess()) {
                throw new IOException("bind to " + copy.local() + ": " + bound.cause());
            }
            socket.number(copy.numbers());
            ClientConnection client = new ClientConnection(channel, services, registry);
            client.handover().restores(copy);
            channel.pipeline().addLast(client);
            registry.countRestored(channel);
            outstanding++;
            channel.connect(copy.client())
                    .addListener(connected -> connected(connected.cause(), client, copy, channel, socket));
        } catch (NotMovedException e) {
            failed(copy, channel, e.reason(), String.valueOf(e.getMessage()));
        } catch (IOException | ChannelException e) {
            failed(copy, channel, NotMoved.KERNEL, e.toString());
        }
    }

    private void connected(
            @Nullable Throwable failure,
            ClientConnection client,
            ConnectionCopy copy,
            Channel channel,
            RepairedSocket socket) {
        outstanding--;
        try {
            if (failure != null) {
                throw new IOException(failure.toString(), failure);
            }
            socket.complete(copy);
            restored.add(new RestoredClient(client, copy, socket));
            if (discarding) {
                discardAll();
            }
        } catch (IOException | ChannelException e) {
            failed(copy, channel, NotMoved.KERNEL, e.toString());
        }
        tellIfComplete();
    }

    private void failed(ConnectionCopy copy, Channel channel, NotMoved reason, String why) {
        LOG.debug("client {} is not restored: {} {}", copy.client(), reason.word(), why);
        notMoved.merge(reason, 1, Integer::sum);
        channel.close(); // in repair mode: without a packet
    }

    /** No further copy comes: completes when each is restored, or has failed. */
    CompletableFuture<MoveCounts> end() {
        ended = true;
        CompletableFuture<MoveCounts> result = complete;
        tellIfComplete();
        return result;
    }

    private void tellIfComplete() {
        if (ended && outstanding == 0) {
            ended = false;
            complete.complete(new MoveCounts(restored.size(), notMoved));
            complete = new CompletableFuture<>();
            notMoved.clear();
        }
    }

    /** They are this node's: they serve. */
    void activateAll(boolean probes) {
        List<RestoredClient> all = List.copyOf(restored);
        restored.clear();
        for (RestoredClient one : all) {
            one.client().handover().activate(one.copy(), probes);
            unsettled.add(one.socket());
        }
        activated = all.stream().map(RestoredClient::socket).toList();
    }

    /** This host has the address now. */
    void settleAll() {
        unsettled.forEach(socket -> {
            try {
                socket.settle();
            } catch (ChannelException closed) {
                LOG.debug("a moved connection has ended", closed);
            }
        });
        unsettled.clear();
    }

    /** What those activated last have sent again since; asked a second time, nothing. */
    CompletableFuture<Long> retransmitted() {
        RetransmissionCount count = new RetransmissionCount(loop.eventLoop(), activated);
        activated = List.of();
        count.run();
        return count.counted();
    }

    /** They are not this node's: closes them without a packet. */
    void discardAll() {
        discarding = outstanding > 0;
        List<RestoredClient> all = List.copyOf(restored);
        restored.clear();
        all.forEach(one -> one.client().handover().discard());
    }
}
