package io.mempair.ha.address;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Decides when to ping the guard, and when it has been silent for too long. Counts time only while this process runs:
 * after its own pause, replies may wait unread. Pure: time is a parameter. Any thread.
 */
final class GuardPulse {

    /** Time between two checks. */
    static final Duration PAUSE = Duration.ofMillis(50);

    /** Time for a reply of a process that the kernel reports as stopped. */
    private static final long STOPPED_NANOS = Duration.ofMillis(100).toNanos();

    /** The result of a check. */
    enum Finding {
        /** Nothing to do. */
        GOOD,
        /** Send a ping with {@link #number}. */
        PING,
        /** It no longer replies. */
        SILENT
    }

    /**
     * How closely it is watched.
     *
     * @param every  time between two pings
     * @param limit  time for a reply
     */
    record Patience(Duration every, Duration limit) {

        /** It holds no address and has no command. */
        static final Patience IDLE = new Patience(Duration.ofSeconds(1), Duration.ofSeconds(1));

        /**
         * It holds the address, or a claim is in progress: the kernel drops the address 0.3 s later at the earliest.
         */
        static final Patience URGENT = new Patience(Duration.ofMillis(100), Duration.ofMillis(400));

        /** It probes the network before it replies. */
        static final Patience ASKING = new Patience(Duration.ofMillis(100), Duration.ofMillis(1_500));
    }

    private long number;
    private boolean unanswered;
    private long lookedNanos;
    private long sinceNanos;

    /** Starts anew for another guard. */
    synchronized void reset(long nowNanos) {
        unanswered = false;
        lookedNanos = nowNanos;
        sinceNanos = 0;
    }

    /**
     * Every {@link #PAUSE}.
     *
     * @param stopped  whether the kernel reports the process as stopped
     */
    synchronized Finding look(long nowNanos, Patience patience, BooleanSupplier stopped) {
        sinceNanos += Math.min(nowNanos - lookedNanos, 2 * PAUSE.toNanos());
        lookedNanos = nowNanos;
        if (!unanswered && sinceNanos >= patience.every().toNanos()) {
            number++;
            unanswered = true;
            sinceNanos = 0;
            return Finding.PING;
        }
        boolean late = sinceNanos >= patience.limit().toNanos();
        return unanswered && (late || (sinceNanos >= STOPPED_NANOS && stopped.getAsBoolean()))
                ? Finding.SILENT
                : Finding.GOOD;
    }

    /** The number of the last ping. */
    synchronized long number() {
        return number;
    }

    /** The guard replied to the ping with this number. */
    synchronized void answered(long ping) {
        if (ping == number) {
            unanswered = false;
        }
    }
}
