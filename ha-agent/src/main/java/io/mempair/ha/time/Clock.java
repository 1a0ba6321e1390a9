package io.mempair.ha.time;

import java.time.Duration;

/** Where time comes from. Any thread. */
public interface Clock {

    /** Monotonic, from an arbitrary origin; compare by subtraction only. The proxy's lease is on the same clock. */
    long nanoTime();

    /** Wall time in milliseconds since 1970; it may jump, so nothing is decided by it. */
    long wallMillis();

    /** Lets the calling thread wait; returns early when it is interrupted. Never on the agent's thread. */
    void pause(Duration duration);
}
