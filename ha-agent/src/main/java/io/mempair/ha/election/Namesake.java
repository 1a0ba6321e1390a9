package io.mempair.ha.election;

/**
 * Detects another node with this node's name. Nobody can tell the messages of the two apart, and a voter takes them for
 * one node that restarts repeatedly. So a node that hears its own name does not become active; an active one stays
 * active.
 */
final class Namesake {

    private Namesake() {}

    static void onHeard(ElectionContext turn, long incarnation) {
        if (incarnation == turn.settings.incarnation()) {
            turn.warn("this node hears itself: group.peers names its own address (expected: that of the other node)");
        } else {
            turn.state.namesakeNanos = turn.nowNanos;
            turn.warn("another node calls itself " + turn.settings.self() + " too: give each node a name of its own"
                    + " (node.name); while it is heard this one does not become active");
        }
    }

    static boolean isHeard(State state, Settings settings, long nowNanos) {
        return state.namesakeNanos != null && nowNanos - state.namesakeNanos < settings.leaseNanos();
    }
}
