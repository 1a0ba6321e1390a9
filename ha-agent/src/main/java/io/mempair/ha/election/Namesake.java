package io.mempair.ha.election;

/**
 * Another node that has this node's name. Neither can tell what is said of the one from what is said of the other, and a voter takes
 * both for one that is started again and again. So a node that hears its own name does not become active; one that
 * is active stays so.
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
