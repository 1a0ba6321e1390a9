package io.mempair.ha.election;

import io.mempair.ha.election.Message.Echo;
import io.mempair.ha.election.Message.Heartbeat;

/**
 * Decides which of two incarnations of a peer is the later one. A network may delay a message until its sender has
 * restarted, and an incarnation number only shows that two differ: ordering them by a wall clock that was set back, or
 * by a counter whose file was lost, would refuse the peer for ever.
 *
 * <p>The message itself must prove it. A heartbeat echoes what its sender has heard from this node. If this node sent
 * that after it had first heard the known incarnation, the sender ran after the known one had begun. Two incarnations
 * do not overlap, so the sender is the later one. An earlier incarnation can never prove that, because it had ended
 * before.
 */
final class Succession {

    private Succession() {}

    /** Whether the sender is proved to be later than the known incarnation. */
    static boolean isProved(ElectionContext turn, Peer known, Heartbeat heard) {
        return heard.echoes().stream().anyMatch(echo -> isOfThisRun(turn, echo) && isSince(echo, known));
    }

    private static boolean isOfThisRun(ElectionContext turn, Echo echo) {
        return echo.incarnation() == turn.settings.incarnation() && turn.nowNanos - echo.sentNanos() >= 0;
    }

    private static boolean isSince(Echo echo, Peer known) {
        return echo.sentNanos() - known.firstNanos() >= 0;
    }

    /**
     * Whether an incarnation without proof may replace the known one: it cannot hear this node because the network is
     * cut, and the known incarnation has been silent for a while. If it was an old message after all, the running
     * incarnation replaces it again with its next heartbeats.
     */
    static boolean isLikely(ElectionContext turn, Peer known) {
        return known.silentNanos() >= turn.settings.leaseNanos();
    }
}
