package io.mempair.ha.agent;

import io.mempair.ha.election.Election;
import io.mempair.ha.election.Role;
import io.mempair.proxy.warmup.Warmup;

/**
 * Decides when a node warms up: only while it is standby beside an active peer, and after a settling time. Agent
 * thread; never blocks.
 */
final class WarmupRun {

    /** Delay after a start, when the processors are busy. */
    static final long SETTLED_NANOS = 2_000_000_000L;

    private final Warmup warmup;
    private boolean calm;
    private long calmSinceNanos;

    WarmupRun(Warmup warmup) {
        this.warmup = warmup;
    }

    /** Called after each event of the election, when its effects are executed: a claim does not wait for this. */
    void turnEnded(Election next, long nowNanos) {
        if (next.role() != Role.STANDBY || next.mayHaveAddress() || next.activeNode() == null) {
            if (calm) {
                calm = false;
                warmup.end();
            }
            return;
        }
        if (!calm) {
            calm = true;
            calmSinceNanos = nowNanos;
        } else if (nowNanos - calmSinceNanos >= SETTLED_NANOS) {
            warmup.begin();
        }
    }
}
