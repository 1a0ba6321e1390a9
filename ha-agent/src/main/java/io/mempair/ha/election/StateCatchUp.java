package io.mempair.ha.election;

/**
 * A node that becomes active must know what the last active node knew of the servers: which of them missed acknowledged
 * writes. It may have started since, or have been too slow to acknowledge the last change, so that the active node stopped
 * waiting for it. So each member tells with its heartbeats, and with each vote, how recent its copy of the servers' state
 * is; a member with a more recent copy sends it, whether it may serve or not; and a candidate does not claim before it
 * has the most recent copy of all members that it hears.
 *
 * <p>With a witness no acknowledged write is forgotten: a change counts as known only when the active node and one other
 * member have it, and a candidate needs the vote of one of any two. That is the rule of Raft for its log (section 5.4.1
 * of the paper), for a log whose last entry is all that matters. A pair without a witness has no such member: if the
 * standby was late, and the active node is then lost before it is heard again, what it knew is lost.
 */
final class StateCatchUp {

    private StateCatchUp() {}

    /** This member's copy has changed. A candidate asks again at once: it may have waited for that. */
    static void onKept(ElectionContext turn, StateVersion version) {
        State state = turn.state;
        state.serverState = version;
        if (state.phase == Phase.CANDIDATE) {
            turn.heartbeat();
        }
    }

    /** Sends this member's copy to a peer whose copy is older. An active node repeats its state without this. */
    static void help(ElectionContext turn, Peer peer) {
        if (nobodyIsActive(turn) && !peer.gone() && turn.state.serverState.isNewerThan(peer.state())) {
            turn.emit(new Effect.SendState(peer.name(), turn.nowNanos));
        }
    }

    /**
     * Notes since when this node is behind. The time counts only while nobody is active: an active node's change is on its
     * way for a moment, always.
     */
    static void watch(ElectionContext turn) {
        State state = turn.state;
        if (!nobodyIsActive(turn) || !isBehind(turn)) {
            state.behindSinceNanos = null;
        } else if (state.behindSinceNanos == null) {
            state.behindSinceNanos = turn.nowNanos;
        }
    }

    /**
     * Whether the voter has a more recent copy. However long it takes, this node does not claim before it has that: the
     * voter hears its requests, and sends the copy after each of them.
     */
    static boolean misses(ElectionContext turn, Message.Support vote) {
        return vote.state().isNewerThan(turn.state.serverState);
    }

    /**
     * Whether this node must not claim yet, because a member that it hears has a more recent copy. That member may not hear
     * this node, so there is a limit.
     */
    static boolean keepsBack(ElectionContext turn) {
        if (!isBehind(turn)) {
            return false;
        }
        Long sinceNanos = turn.state.behindSinceNanos;
        boolean tooLong = sinceNanos != null && turn.nowNanos - sinceNanos >= Settings.CATCH_UP_NANOS;
        if (tooLong) {
            turn.warn("becoming active without the server state that another member has and does not send:"
                    + " an acknowledged write that a server missed may be read as it was before");
        }
        return !tooLong;
    }

    private static boolean nobodyIsActive(ElectionContext turn) {
        return !turn.state.leased && turn.liveNodes().stream().noneMatch(Peer::holds);
    }

    private static boolean isBehind(ElectionContext turn) {
        return turn.liveMembers().stream().anyMatch(peer -> peer.state().isNewerThan(turn.state.serverState));
    }
}
