package io.mempair.proxy.backend;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Whether one connection has so much in flight that reading clients must stop; tells {@link Backpressure} of each change.
 * It is over only well below the mark where it begins. Confined to the loop of the connection.
 */
final class ServerLoad {

    /** Requests in flight at which reading clients stops. */
    static final int PAUSE_FROM = 8_192;

    /** Requests in flight below which reading resumes. */
    static final int RESUME_BELOW = 2_048;

    private final Backpressure backpressure;
    private boolean overloaded;
    private boolean unheeded;

    ServerLoad(Backpressure backpressure) {
        this.backpressure = backpressure;
    }

    /** Whether clients are slowed down from now on; at first they are. */
    void heeded(boolean slows) {
        if (unheeded == slows) {
            unheeded = !slows;
            if (overloaded) {
                backpressure.changed(slows);
            }
        }
    }

    /**
     * Looks again after a change.
     *
     * @param channel  the open channel, or null: then nothing can be too much
     */
    void update(@Nullable Channel channel, int inFlight) {
        boolean full = channel != null && !channel.isWritable();
        boolean now = channel != null && (full || inFlight >= (overloaded ? RESUME_BELOW : PAUSE_FROM));
        if (now != overloaded) {
            overloaded = now;
            if (!unheeded) {
                backpressure.changed(now);
            }
        }
    }
}
