package io.mempair.proxy.frontend;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Closes clients that have been silent for the idle timeout with nothing in flight. One timer looks at all of a loop's
 * clients several times per timeout, so that a request costs the write of one field; a client is closed at most a quarter
 * of the timeout late. Confined to its loop.
 */
final class IdleSweep {

    /** Silent sweeps after which a client goes. */
    private static final int SWEEPS = 4;

    private final LoopServices services;
    private final Set<ClientConnection> clients;
    private boolean armed;

    /** @param clients  those of the loop, as they come and go */
    IdleSweep(LoopServices services, Set<ClientConnection> clients) {
        this.services = services;
        this.clients = clients;
    }

    /** Starts the timer because there is a client. No effect if it runs, or no timeout is set. */
    void watch() {
        long timeoutNanos = services.plan().policy().idleTimeout().toNanos();
        if (!armed && timeoutNanos > 0) {
            armed = true;
            EventLoop loop = services.loop().eventLoop();
            loop.schedule(this::sweep, timeoutNanos / SWEEPS, TimeUnit.NANOSECONDS);
        }
    }

    private void sweep() {
        armed = false;
        // collected first: a client that closes leaves the set
        List<ClientConnection> idle = clients.stream()
                .filter(client -> client.silentSweeps() >= SWEEPS)
                .toList();
        idle.forEach(ClientConnection::closeIdle);
        if (!clients.isEmpty()) {
            watch();
        }
    }
}
