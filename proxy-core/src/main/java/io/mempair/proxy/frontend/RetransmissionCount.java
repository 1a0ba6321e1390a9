package io.mempair.proxy.frontend;

import io.mempair.proxy.handover.RepairedSocket;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Counts what sockets have sent again, some of them in each turn of the loop: clients are served in between. On that loop. */
final class RetransmissionCount implements Runnable {

    /** A look at one takes about a microsecond. */
    private static final int EACH_TURN = 200;

    private static final long PAUSE_MILLIS = 1;

    private final EventLoop loop;
    private final Deque<RepairedSocket> left;
    private final CompletableFuture<Long> counted = new CompletableFuture<>();
    private long segments;

    RetransmissionCount(EventLoop loop, Collection<RepairedSocket> sockets) {
        this.loop = loop;
        this.left = new ArrayDeque<>(sockets);
    }

    /** Completes with the segments when each socket was looked at; those closed by then do not count. */
    CompletableFuture<Long> counted() {
        return counted;
    }

    @Override
    public void run() {
        for (int i = 0; i < EACH_TURN && !left.isEmpty(); i++) {
            segments += segmentsOf(left.remove());
        }
        if (left.isEmpty()) {
            counted.complete(segments);
        } else {
            loop.schedule(this, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static long segmentsOf(RepairedSocket socket) {
        try {
            return socket.retransmitted();
        } catch (ChannelException closed) {
            return 0;
        }
    }
}
