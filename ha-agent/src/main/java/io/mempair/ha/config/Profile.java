package io.mempair.ha.config;

import java.time.Duration;

/**
 * How fast the pair notices a failure. One key chooses all times, because they depend on each other.
 *
 * <p>A node that stalls longer than {@link #lease} loses its reign, so {@link #FAST} wants a host that is
 * not starved of processor time (a busy two-core host stalls a JVM up to 0.3 s).
 */
public enum Profile {
    /** A hung or cut-off node is replaced in about 0.8 s. */
    DEFAULT(Duration.ofMillis(100), Duration.ofMillis(700)),
    /** In about 0.35 s. */
    FAST(Duration.ofMillis(50), Duration.ofMillis(300));

    private final Duration heartbeat;
    private final Duration lease;

    Profile(Duration heartbeat, Duration lease) {
        this.heartbeat = heartbeat;
        this.lease = lease;
    }

    /** Time between two heartbeats. */
    public Duration heartbeat() {
        return heartbeat;
    }

    /** How long one answer of the others keeps a node active; also the failure detector's timeout. */
    public Duration lease() {
        return lease;
    }
}
