package io.mempair.proxy.backend;

import org.jspecify.annotations.Nullable;

/** The clock of one server, as it last showed it. Any thread. */
public final class ServerClock {

    /** The server's clock at {@code atNanos} of the loops' clock. */
    private record Reading(long seconds, long atNanos) {}

    private volatile @Nullable Reading last;

    ServerClock() {}

    /**
     * The server has reported its clock.
     *
     * @param seconds   unix time by its clock
     * @param nowNanos  on the loops' clock
     */
    public void shows(long seconds, long nowNanos) {
        last = new Reading(seconds, nowNanos);
    }

    /**
     * Unix time by the server's clock, in seconds; 0 if unknown.
     *
     * @param nowNanos  on the loops' clock
     */
    public long seconds(long nowNanos) {
        Reading reading = last;
        return reading == null ? 0 : reading.seconds + (nowNanos - reading.atNanos) / 1_000_000_000;
    }
}
