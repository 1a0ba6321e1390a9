package io.mempair.ha.agent;

import io.mempair.ha.group.ServerStateMessage.StateUpdate;

/**
 * What a standby last took of what the active node knows of the servers: tells news from what is repeated or late. Pure.
 * Agent thread.
 */
final class UpdateFilter {

    /** What to do with what was told. */
    enum UpdateVerdict {
        /** It is news: take it, and confirm it. */
        LEARN,
        /** It was taken: confirm it once more, the first confirmation may be lost. */
        CONFIRM,
        /** It is older than what was taken. */
        IGNORE
    }

    private long epoch;
    private long incarnation;
    private long version = PeerAcks.NOTHING;

    /** Judges {@code told}, which comes from whom this node takes for active, and remembers it if it is news. */
    UpdateVerdict judge(StateUpdate told) {
        boolean same = told.epoch() == epoch && told.incarnation() == incarnation;
        long toldVersion = told.knowledge().version();
        if (told.epoch() < epoch || (same && toldVersion < version)) {
            return UpdateVerdict.IGNORE;
        }
        if (same && toldVersion == version) {
            return UpdateVerdict.CONFIRM;
        }
        epoch = told.epoch();
        incarnation = told.incarnation();
        version = toldVersion;
        return UpdateVerdict.LEARN;
    }

    /** What was taken does not count any more: the next repetition is news. */
    void forget() {
        version = PeerAcks.NOTHING;
    }
}
