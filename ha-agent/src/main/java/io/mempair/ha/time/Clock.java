package io.mempair.ha.time;

/** Where time comes from. Any thread. */
public interface Clock {

    /** Monotonic, from an arbitrary origin; compare by subtraction only. The proxy's lease is on the same clock. */
    long nanoTime();

    /** Wall time in milliseconds since 1970; it may jump, so nothing is decided by it. */
    long wallMillis();
}
