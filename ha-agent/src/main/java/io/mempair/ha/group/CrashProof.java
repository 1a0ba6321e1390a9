package io.mempair.ha.group;

import io.mempair.ha.connect.ConnectAttempt;
import io.mempair.ha.time.Clock;
import io.mempair.proxy.config.ServerAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/**
 * Proves whether a peer that left the view is dead, by connecting to its channel port.
 *
 * <p>A refused connection is a proof: the peer's kernel answers, so its host and the network work, and no process
 * listens, so the guard's pipe is closed and drops the address within milliseconds. An accepted connection, or no
 * answer, proves nothing: the process may hang, or the network may be cut. Then the lease must expire.
 */
final class CrashProof {

    private static final Duration CONNECT_LIMIT = Duration.ofMillis(100);
    private static final Duration RETRY = Duration.ofMillis(25);

    private final String bind;
    private final Clock clock;

    /** @param bind  this node's own address, because a peer reports addresses it does not know */
    CrashProof(String bind, Clock clock) {
        this.bind = bind;
        this.clock = clock;
    }

    /** Returns whether the process at {@code peer} is proved dead. Blocks for at most {@code limit} and one connect. */
    boolean isDead(ServerAddress peer, Duration limit) {
        long startNanos = clock.nanoTime();
        do {
            if (isRefused(peer)) {
                return true;
            }
            clock.pause(RETRY);
        } while (!Thread.currentThread().isInterrupted() && clock.nanoTime() - startNanos < limit.toNanos());
        return false;
    }

    private boolean isRefused(ServerAddress peer) {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(bind, 0));
            InetSocketAddress address = new InetSocketAddress(peer.host(), peer.port());
            return ConnectAttempt.connect(socket, address, CONNECT_LIMIT, clock)
                    == ConnectAttempt.ConnectOutcome.REFUSED;
        } catch (IOException e) {
            return false; // this node's own address is missing: the probe was not sent
        }
    }
}
