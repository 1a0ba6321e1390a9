package io.mempair.proxy.backend;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** What is open to one server and in flight to it, on all loops. Any thread. */
final class ServerTraffic {

    private final Set<SocketEnds> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger draining = new AtomicInteger();

    /** One for each loop. */
    private final List<AtomicInteger> inFlight = new CopyOnWriteArrayList<>();

    /** A connection is open; it leaves {@link #sockets} when it is closed. */
    void opened(Channel channel) {
        if (channel.localAddress() instanceof InetSocketAddress local
                && channel.remoteAddress() instanceof InetSocketAddress server) {
            SocketEnds ends = new SocketEnds(local, server);
            sockets.add(ends);
            channel.closeFuture().addListener(closed -> sockets.remove(ends));
        }
    }

    /** The open connections. */
    Set<SocketEnds> sockets() {
        return Set.copyOf(sockets);
    }

    /** Where one more loop shows its requests in flight. */
    AtomicInteger inFlightOfOneLoop() {
        AtomicInteger added = new AtomicInteger();
        inFlight.add(added);
        return added;
    }

    /** Requests in flight; perhaps a moment old. */
    int inFlight() {
        int sum = 0;
        for (AtomicInteger ofLoop : inFlight) {
            sum += ofLoop.get();
        }
        return sum;
    }

    /** Changes the number of draining connections. */
    void drainingChanged(int change) {
        draining.addAndGet(change);
    }

    /** Dropped connections that the server may still read from; see {@link HalfCloseDrain}. */
    int draining() {
        return draining.get();
    }
}
