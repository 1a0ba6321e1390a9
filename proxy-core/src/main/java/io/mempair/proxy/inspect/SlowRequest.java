package io.mempair.proxy.inspect;

import io.mempair.proxy.metrics.TimedCommand;

/**
 * A request that took long, and where the time went. Its three parts make the whole.
 *
 * @param endedNanos   when its answer left for the client, on the clock of {@link System#nanoTime}
 * @param command      what was asked
 * @param key          the key or its hash; of several the first; empty for a command without
 * @param server       the server whose answer completed it; empty if none did, as when a server was down
 * @param beforeNanos  before that server was asked: waiting for room or for earlier writes of the key, or for another server
 * @param serverNanos  from then until its answer was complete
 * @param orderNanos   from then until all earlier answers of the same client had left
 */
public record SlowRequest(
        long endedNanos,
        TimedCommand command,
        String key,
        String server,
        long beforeNanos,
        long serverNanos,
        long orderNanos) {

    /** The whole. */
    public long totalNanos() {
        return beforeNanos + serverNanos + orderNanos;
    }
}
