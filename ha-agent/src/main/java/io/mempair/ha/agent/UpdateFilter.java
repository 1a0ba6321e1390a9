package io.mempair.ha.agent;

import io.mempair.ha.group.ServerStateMessage.StateUpdate;

/**
 * Remembers the server state a standby last adopted; distinguishes new updates from repeated and late ones. Pure. Agent
 * thread.
 */
final class UpdateFilter {

    /** What to do with an update. */
    enum UpdateVerdict {
        /** New: adopt and acknowledge it. */
        LEARN,
        /** Already adopted: acknowledge it again, because the first acknowledgement may be lost. */
        CONFIRM,
        /** Older than the adopted one. */
        IGNORE
    }

    private long epoch;
    private long incarnation;
    private long version = PeerAcks.NOTHING;

    /** Classifies {@code told}, from the node considered active, and remembers it if it is new. */
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

    /** Forgets the adopted state: the next repetition counts as new. */
    void forget() {
        version = PeerAcks.NOTHING;
    }
}
