package io.mempair.ha.election;

import io.mempair.ha.election.Reason.Cause;
import org.jspecify.annotations.Nullable;

/**
 * What a node may do that hears no other: nothing, unless something that dies with neither node has answered it. Of two
 * nodes one that is cut off from everything then knows that it is the one. An answer counts like a voter's, from the
 * moment it was asked for. A peer that is known to be dead or stopped needs no tie-breaker: it cannot be active too.
 */
final class TieBreaker {

    private TieBreaker() {}

    static void onHeard(ElectionContext turn, long askedNanos) {
        State state = turn.state;
        Long lastNanos = state.tieAskedNanos;
        if (turn.nowNanos - askedNanos < 0 || (lastNanos != null && askedNanos - lastNanos <= 0)) {
            return;
        }
        if (lastNanos == null || askedNanos - lastNanos >= turn.settings.detectionNanos()) {
            state.tieSinceNanos = askedNanos;
        }
        state.tieAskedNanos = askedNanos;
    }

    /**
     * Whether a node that hears no other may become active. The answer must be younger than the silence, and answers must have
     * come for as long as a node listens at its start: when a cut heals, the tie-breaker is asked anew and answers at once,
     * while what the peer says may wait for TCP to send it again.
     */
    static boolean allowsAlone(ElectionContext turn) {
        if (isNotNeeded(turn)) {
            return true;
        }
        boolean early = turn.nowNanos - turn.state.tieSinceNanos < turn.settings.initNanos();
        return !early && wasAskedWithin(turn, turn.settings.detectionNanos() - turn.settings.heartbeatNanos());
    }

    /**
     * Until when a lease without any voter lasts; null when there can be none. An answer of the tie-breaker counts for less
     * than a voter's: it promised nothing to anybody, and the peer may have heard this node for the last time up to a
     * heartbeat before the question was asked.
     *
     * @param askedNanos  when this node last sent a heartbeat
     */
    static @Nullable Long aloneUntil(ElectionContext turn, long askedNanos) {
        long untilNanos = askedNanos + turn.settings.heldNanos();
        if (isNotNeeded(turn)) {
            return untilNanos;
        }
        Long tieNanos = turn.state.tieAskedNanos;
        if (tieNanos == null) {
            return null;
        }
        long tieUntilNanos = tieNanos + turn.settings.detectionNanos();
        return tieUntilNanos - untilNanos < 0 ? Long.valueOf(tieUntilNanos) : Long.valueOf(untilNanos);
    }

    /** Whether it answers, or there is none. */
    static boolean answers(ElectionContext turn) {
        return !turn.settings.policy().tieBreaker() || wasAskedWithin(turn, turn.settings.leaseNanos());
    }

    static String whyAlone(ElectionContext turn) {
        if (allPeersGone(turn)) {
            return "the peer is gone";
        }
        return turn.settings.policy().tieBreaker() ? "no peer answers" : "no peer answers and there is no tie-breaker";
    }

    /** An active node that has lost its tie-breaker is probably the one that is cut off: a peer that has not is better. */
    static void handOver(ElectionContext turn) {
        State state = turn.state;
        if (state.phase == Phase.REIGNING && !answers(turn) && turn.hasHeir()) {
            StepDown.inOrder(turn, Phase.WATCHING, new Reason(Cause.UNFIT, "the tie-breaker does not answer"));
        }
    }

    private static boolean wasAskedWithin(ElectionContext turn, long limitNanos) {
        Long tieNanos = turn.state.tieAskedNanos;
        return tieNanos != null && turn.nowNanos - tieNanos < limitNanos;
    }

    private static boolean isNotNeeded(ElectionContext turn) {
        return !turn.settings.policy().tieBreaker() || allPeersGone(turn);
    }

    private static boolean allPeersGone(ElectionContext turn) {
        return !turn.state.peers.isEmpty() && turn.state.peers.values().stream().allMatch(Peer::gone);
    }
}
