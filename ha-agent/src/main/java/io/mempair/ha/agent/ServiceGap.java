package io.mempair.ha.agent;

import io.mempair.ha.election.Election;
import io.mempair.ha.election.Peer;
import io.mempair.ha.election.Role;
import io.mempair.ha.history.HistoryRecord;

/**
 * For how long nobody served before this node did: since an active node was last heard, or this node itself served last. It
 * is on the clock of this node alone. Pure; one thread.
 */
final class ServiceGap {

    private boolean serving;
    private boolean known;
    private long servedNanos;
    private long gapMillis = HistoryRecord.NO_GAP;

    /** After each event of the election. */
    void turnEnded(Election next, long nowNanos) {
        if (next.role() == Role.ACTIVE) {
            if (!serving) {
                gapMillis = known ? Math.max(0, nowNanos - servedNanos) / 1_000_000 : HistoryRecord.NO_GAP;
            }
            served(nowNanos);
        }
        serving = next.role() == Role.ACTIVE;
        for (Peer peer : next.peers()) {
            if (peer.role() == Role.ACTIVE && peer.holds()) {
                served(peer.heardNanos());
            }
        }
    }

    private void served(long atNanos) {
        if (!known || atNanos - servedNanos > 0) {
            servedNanos = atNanos;
            known = true;
        }
    }

    /** Milliseconds, or {@link HistoryRecord#NO_GAP} if nobody was known to serve before. */
    long gapMillis() {
        return gapMillis;
    }
}
