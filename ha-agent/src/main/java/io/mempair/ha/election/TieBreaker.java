package io.mempair.ha.election;

import io.mempair.ha.election.Reason.Cause;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a node without peers may do: nothing, unless the tie-breaker, which fails with neither node, answers. So
 * an isolated node recognises that it is the isolated one. An answer counts like a voter's, from the time of the probe.
 * If the peer is known to be dead or stopped, no tie-breaker is needed: the peer cannot be active too.
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
     * Whether a node that hears no peer may become active. The answer must be younger than the silence, and the
     * tie-breaker must have answered for as long as a node listens at its start: when a cut heals, the tie-breaker
     * answers immediately, while the peer's messages may wait for a TCP retransmission.
     */
    static boolean allowsAlone(ElectionContext turn) {
        if (isNotNeeded(turn)) {
            return true;
        }
        boolean early = turn.nowNanos - turn.state.tieSinceNanos < turn.settings.initNanos();
        return !early && wasAskedWithin(turn, turn.settings.detectionNanos() - turn.settings.heartbeatNanos());
    }

    /**
     * End of a lease without any voter; null if there can be none. An answer of the tie-breaker counts for less than a
     * voter's: it is not a promise, and the peer may have last heard this node up to a heartbeat before the probe was
     * sent.
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

    /** Whether the tie-breaker answers, or there is none. */
    static boolean answers(ElectionContext turn) {
        return !turn.settings.policy().tieBreaker() || wasAskedWithin(turn, turn.settings.leaseNanos());
    }

    static String whyAlone(ElectionContext turn) {
        if (allPeersGone(turn)) {
            return "the peer is gone";
        }
        return turn.settings.policy().tieBreaker() ? "no peer answers" : "no peer answers and there is no tie-breaker";
    }

    /**
     * Hands over if the tie-breaker is lost: this node is probably the isolated one, and a peer that reaches the
     * tie-breaker is better.
     */
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
