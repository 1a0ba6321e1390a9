package io.mempair.ha.election;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that place keys differently, by another list of servers say. After a take-over the one finds none of the other's keys where it looks
 * for them, and after the way back clients read old values. So a node does not take over from a living peer that places keys
 * otherwise: it is not eligible while that one could serve. When it is dead, or in fault, it serves all the same,
 * because nobody else does, and says so.
 */
final class PlacementAgreement {

    static final String REMEDY =
            "servers, backups, distribution and number of copies must be written alike on both nodes (then reload)";

    private PlacementAgreement() {}

    /** The proxy places keys by this from now on. */
    static void onChanged(ElectionContext turn, long placement) {
        turn.state.placement = placement;
        turn.heartbeat();
    }

    /** What is not known differs from nothing: an older version does not tell. */
    static boolean differs(State state, Peer peer) {
        long other = peer.said().terms().placement();
        return state.placement != Message.UNKNOWN_PLACEMENT
                && other != Message.UNKNOWN_PLACEMENT
                && other != state.placement;
    }

    /** Whether a peer that could serve, or does, places keys otherwise. */
    static boolean keepsBack(ElectionContext turn) {
        return turn.liveNodes().stream().anyMatch(peer -> couldServe(peer) && differs(turn.state, peer));
    }

    private static boolean couldServe(Peer peer) {
        return peer.role() != Role.FAULT;
    }

    /**
     * Whether this node, while nobody is active, leaves the reign to a peer that places keys otherwise: to the one whose clients
     * were served last, or if nobody was, to the one that ranks higher.
     */
    static boolean leavesTo(ElectionContext turn, Peer peer) {
        State state = turn.state;
        if (!differs(state, peer) || !couldServe(peer)) {
            return false;
        }
        boolean peerWasLast = state.epoch != 0 && peer.resignedEpoch() == state.epoch;
        boolean selfWasLast = state.epoch != 0 && state.lastReign == state.epoch;
        return peerWasLast || (!selfWasLast && peer.outranks(turn.settings));
    }

    /** Says, once each, that a living peer begins or ends to place keys otherwise. */
    static void watch(ElectionContext turn) {
        State state = turn.state;
        List<String> differing = turn.liveNodes().stream()
                .filter(peer -> differs(state, peer))
                .map(Peer::name)
                .toList();
        if (differing.equals(state.differing)) {
            return;
        }
        differing.stream()
                .filter(name -> !state.differing.contains(name))
                .forEach(name ->
                        turn.warn(name + " places keys otherwise than this node: neither takes over from the other"
                                + " while that lives; " + REMEDY));
        state.differing.stream()
                .filter(name -> !differing.contains(name) && isAlike(turn, name))
                .forEach(name -> turn.say(name + " places keys as this node does"));
        state.differing = differing;
    }

    private static boolean isAlike(ElectionContext turn, String name) {
        Peer peer = turn.state.peers.get(name);
        return peer != null && !differs(turn.state, peer);
    }

    /** Says what clients will find, when this node becomes active all the same. */
    static void warnOfTakeOver(ElectionContext turn) {
        turn.state.peers.values().stream()
                .filter(peer -> !peer.isWitness() && differs(turn.state, peer))
                .forEach(peer -> turn.warn("becoming active though " + peer.name()
                        + " places keys otherwise: keys written there may be missing here, or old"));
    }

    /** Why no peer can take over, if it is that; else null. */
    static @Nullable String refusal(ElectionContext turn) {
        return turn.liveNodes().stream()
                .filter(peer -> differs(turn.state, peer))
                .map(peer -> peer.name() + " places keys otherwise than this node: " + REMEDY)
                .findFirst()
                .orElse(null);
    }
}
