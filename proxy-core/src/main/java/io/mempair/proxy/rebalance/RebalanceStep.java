package io.mempair.proxy.rebalance;

/** What is to be done next. */
public enum RebalanceStep {
    /** Nothing; the steps under way go on. */
    WAIT,

    /** Stop copying, mark every server that gets keys, and delete from it what does not belong there. */
    SWEEP,

    /** Note writes, wait until those that were not noted have ended, then copy every key that moves. */
    COPY,

    /** Hold clients, copy the last keys, let the next servers serve. */
    SWITCH,

    /** Keep the former servers equal. */
    KEEP,

    /** Hold clients, copy the last keys back, let the former servers serve again. */
    SWITCH_BACK,

    /** Delete what was left behind. */
    TIDY,

    /** Stop copying and noting, and delete what was copied. */
    UNDO,

    /** Stop everything; nothing may be sent any more. */
    STOP,

    /** Tell those who wait that it is over. */
    END
}
