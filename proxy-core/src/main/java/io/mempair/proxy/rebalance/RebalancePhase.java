package io.mempair.proxy.rebalance;

import java.util.Locale;

/** What a rebalance is doing. */
public enum RebalancePhase {
    /** Copies of an earlier time are deleted from the servers that get keys. The former servers serve. */
    SWEEP,

    /** The keys that move are copied. The former servers serve. */
    COPY,

    /** Clients wait while the last keys are copied and the next servers take over. */
    SWITCH,

    /** The next servers serve; the former ones are kept equal, so that they can serve again. */
    KEEP,

    /** As {@link #KEEP}, and the former servers are to serve again as soon as few keys are late. */
    RETURN,

    /** Clients wait while the last keys are copied back and the former servers take over. */
    SWITCH_BACK,

    /** The next servers serve; what was left behind is deleted. */
    TIDY,

    /** The rebalance was given up: what was copied is deleted. The former servers serve. */
    UNDO,

    /** The next servers serve, and nothing is left behind. */
    DONE,

    /** The former servers serve, as before. */
    ABORTED,

    /** This node no longer serves: another one decides what becomes of the keys. */
    LEFT;

    /** Whether nothing follows. */
    public boolean isOver() {
        return this == DONE || this == ABORTED || this == LEFT;
    }

    /** Whether the next servers serve clients. */
    public boolean nextLeads() {
        return keepsFormer() || this == TIDY || this == DONE;
    }

    /** Whether the next servers serve and the former ones are kept equal. */
    public boolean keepsFormer() {
        return this == KEEP || this == RETURN || this == SWITCH_BACK;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
