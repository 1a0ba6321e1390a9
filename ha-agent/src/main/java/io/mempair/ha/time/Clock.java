package io.mempair.ha.time;

import java.security.SecureRandom;
import java.time.Duration;

/** Where time comes from. Any thread. */
public interface Clock {

    /** Monotonic, from an arbitrary origin; compare by subtraction only. The proxy's lease is on the same clock. */
    long nanoTime();

    /** Wall time in milliseconds since 1970; it may jump, so nothing is decided by it. */
    long wallMillis();

    /** A number that no other start of any program has. */
    default long incarnation() {
        return new SecureRandom().nextLong();
    }

    /**
     * Milliseconds since the host started, its sleep included: what {@code /proc/uptime} tells a shell too, so that a deadline
     * can be told to a script. It never jumps; rounded down to hundredths of a second.
     *
     * @throws java.io.UncheckedIOException when the file cannot be read
     */
    long hostMillis();

    /** Lets the calling thread wait; returns early when it is interrupted. Never on the agent's thread. */
    void pause(Duration duration);
}
