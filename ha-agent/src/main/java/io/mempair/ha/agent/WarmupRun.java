package io.mempair.ha.agent;

import io.mempair.ha.election.Election;
import io.mempair.ha.election.Role;
import io.mempair.proxy.warmup.Warmup;

/**
 * When a node warms up: while it is standby beside an active peer, not before things have settled, and not a moment
 * longer than that. Agent thread; nothing here waits.
 */
final class WarmupRun {

    /** After a start the processors have enough to do. */
    static final long SETTLED_NANOS = 2_000_000_000L;

    private final Warmup warmup;
    private boolean calm;
    private long calmSinceNanos;

    WarmupRun(Warmup warmup) {
        this.warmup = warmup;
    }

    /** After each event of the election, when its effects are carried out: a claim does not wait for this. */
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
