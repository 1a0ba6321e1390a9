package io.mempair.ha.election;

import io.mempair.ha.election.Message.Echo;
import io.mempair.ha.election.Message.Heartbeat;

/**
 * Which of two starts of a peer is the later one. A network may hold a message back until its sender runs again, and the number of a
 * start says only that it is another: a wall clock that was set back, or a counter whose file was lost, would have the peer
 * refused for ever.
 *
 * <p>What counts is what the message proves. A heartbeat tells what its sender has heard of this node. If that was sent
 * after this node had first heard the start it knows, then the sender ran later than the known one began; and two starts of a
 * node do not overlap, so the sender is the later one. An earlier one can prove that never: it had ended before.
 */
final class Succession {

    private Succession() {}

    /** Whether this comes from a start that is proved to be later than the one known. */
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
     * Whether a start that proves nothing may take the place of the one known. That is one that cannot hear this node,
     * because the way to it is cut; the start that was known has then been silent for a while. If it was an old message after all,
     * the start that runs takes its place back with its next heartbeats.
     */
    static boolean isLikely(ElectionContext turn, Peer known) {
        return known.silentNanos() >= turn.settings.leaseNanos();
    }
}
