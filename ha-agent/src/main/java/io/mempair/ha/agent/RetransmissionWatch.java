package io.mempair.ha.agent;

import io.mempair.ha.metrics.HandoverMeters;
import io.mempair.proxy.handover.ClientHandover;

/**
 * Counts, some seconds after connections were taken, what they have sent again: packets that were lost on the way between the
 * two hosts show there. Agent thread.
 */
final class RetransmissionWatch {

    private static final long AFTER_NANOS = 5_000_000_000L;

    private final ClientHandover clients;
    private final HandoverMeters meters;
    private boolean begun;
    private boolean due;
    private long dueNanos;

    RetransmissionWatch(ClientHandover clients, HandoverMeters meters) {
        this.clients = clients;
        this.meters = meters;
    }

    /** Connections serve from now on. */
    void begin() {
        begun = true;
    }

    /** Time has passed. */
    void tick(long nowNanos) {
        if (begun) {
            begun = false;
            due = true;
            dueNanos = nowNanos + AFTER_NANOS;
        } else if (due && nowNanos - dueNanos >= 0) {
            due = false;
            clients.retransmitted().thenAccept(meters::retransmitted);
        }
    }
}
