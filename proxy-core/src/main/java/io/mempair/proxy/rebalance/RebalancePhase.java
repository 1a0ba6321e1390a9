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
        return this == TIDY || this == DONE;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
