package io.mempair.ha.address;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Whether the guard still answers: says when to ping it, and when it was silent for too long. Time counts only while
 * this process runs: after a pause of its own the answers may lie unread. Pure: times are given. Any thread.
 */
final class GuardPulse {

    /** Between two looks. */
    static final Duration PAUSE = Duration.ofMillis(50);

    /** How long an answer may take of a process that the kernel says is stopped. */
    private static final long STOPPED_NANOS = Duration.ofMillis(100).toNanos();

    /** What a look finds. */
    enum Finding {
        /** Nothing to do. */
        GOOD,
        /** It is to be pinged with {@link #number}. */
        PING,
        /** It does not answer any more. */
        SILENT
    }

    /**
     * How closely it is looked at.
     *
     * @param every  between two pings
     * @param limit  how long an answer may take
     */
    record Patience(Duration every, Duration limit) {

        /** It holds nothing, and is asked nothing. */
        static final Patience IDLE = new Patience(Duration.ofSeconds(1), Duration.ofSeconds(1));

        /** The address, or a client's way to it, hangs on it: the kernel drops the address 0.3 s later, at the earliest. */
        static final Patience URGENT = new Patience(Duration.ofMillis(100), Duration.ofMillis(400));

        /** It asks the network before it answers. */
        static final Patience ASKING = new Patience(Duration.ofMillis(100), Duration.ofMillis(1_500));
    }

    private long number;
    private boolean unanswered;
    private long lookedNanos;
    private long sinceNanos;

    /** Another guard, which was asked nothing yet. */
    synchronized void reset(long nowNanos) {
        unanswered = false;
        lookedNanos = nowNanos;
        sinceNanos = 0;
    }

    /**
     * Every {@link #PAUSE}.
     *
     * @param stopped  whether the kernel says that the process is stopped
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

    /** Of the last ping. */
    synchronized long number() {
        return number;
    }

    /** The guard answered the ping with this number. */
    synchronized void answered(long ping) {
        if (ping == number) {
            unanswered = false;
        }
    }
}
