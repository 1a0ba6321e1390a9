package io.mempair.ha.election;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Handles nodes that place keys differently, for example because their server lists differ. After a take-over such a
 * node looks for keys on the wrong servers, and after a switch back clients read old values. So a node does not take
 * over from a living peer that places keys differently: it is not eligible while that peer could serve. If the peer is
 * dead or in fault, this node serves nevertheless, because nobody else does, and logs a warning.
 */
final class PlacementAgreement {

    static final String REMEDY =
            "configure the same servers, backups, distribution and number of copies on both nodes (then reload)";

    private PlacementAgreement() {}

    /** The proxy's placement has changed. */
    static void onChanged(ElectionContext turn, Event.PlacementChanged changed) {
        boolean isTold = turn.state.placement != changed.placement();
        turn.state.placement = changed.placement();
        turn.state.otherPlacement = changed.other();
        if (isTold) {
            turn.heartbeat();
        }
    }

    /**
     * Whether the placements differ. An unknown one, from an older version, differs from none. While keys move, the nodes change from
     * one placement to the other a moment apart; that both know of it was made sure before.
     */
    static boolean differs(State state, Peer peer) {
        long other = peer.said().terms().placement();
        return state.placement != Message.UNKNOWN_PLACEMENT
                && other != Message.UNKNOWN_PLACEMENT
                && other != state.placement
                && other != state.otherPlacement;
    }

    /** Whether a peer that serves, or could serve, places keys differently. */
    static boolean keepsBack(ElectionContext turn) {
        return turn.liveNodes().stream().anyMatch(peer -> couldServe(peer) && differs(turn.state, peer));
    }

    private static boolean couldServe(Peer peer) {
        return peer.role() != Role.FAULT;
    }

    /**
     * Whether this node, while nobody is active, yields to a peer that places keys differently: to the node that served
     * last, or if none did, to the one that ranks higher.
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

    /** Logs once when a living peer starts or stops placing keys differently. */
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
                        turn.warn(name + " places keys differently from this node: neither takes over from the other"
                                + " while the peer lives; " + REMEDY));
        state.differing.stream()
                .filter(name -> !differing.contains(name) && isAlike(turn, name))
                .forEach(name -> turn.say(name + " places keys as this node does"));
        state.differing = differing;
    }

    private static boolean isAlike(ElectionContext turn, String name) {
        Peer peer = turn.state.peers.get(name);
        return peer != null && !differs(turn.state, peer);
    }

    /** Logs what clients will see when this node becomes active nevertheless. */
    static void warnOfTakeOver(ElectionContext turn) {
        turn.state.peers.values().stream()
                .filter(peer -> !peer.isWitness() && differs(turn.state, peer))
                .forEach(peer -> turn.warn("becoming active although " + peer.name()
                        + " places keys differently: keys written there may be missing or outdated here"));
    }

    /** The reason why no peer can take over, if it is a different placement; else null. */
    static @Nullable String refusal(ElectionContext turn) {
        return turn.liveNodes().stream()
                .filter(peer -> differs(turn.state, peer))
                .map(peer -> peer.name() + " places keys differently from this node:  " + REMEDY)
                .findFirst()
                .orElse(null);
    }
}
