package io.mempair.ha.admin;

import io.mempair.ha.agent.Node;
import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.election.Role;

/**
 * An answer for a load balancer or a monitor.
 *
 * @param good    whether to answer 200, not 503
 * @param reason  one line for a person
 */
record Health(boolean good, String reason) {

    private static final Health LIVE = new Health(true, "the node runs");
    private static final Health BROKEN = new Health(false, "the node broke, its process ends: the log says why");

    /** The process answers and its node did not break. */
    static Health live(Node node) {
        return node.ended().toCompletableFuture().isCompletedExceptionally() ? BROKEN : LIVE;
    }

    /** Fit: active, or standby and able to take over. */
    static Health ready(Node node) {
        if (!live(node).good()) {
            return BROKEN;
        }
        NodeStatus status = node.status();
        boolean fit = status.role() != Role.FAULT;
        return new Health(fit, StatusText.lower(status.role()) + ": " + status.reason());
    }

    /** Serving clients at this moment. */
    static Health active(Node node) {
        if (!live(node).good()) {
            return BROKEN;
        }
        NodeStatus status = node.status();
        if (status.serves()) {
            return new Health(true, "active");
        }
        if (status.role() != Role.ACTIVE) {
            return new Health(false, StatusText.lower(status.role()) + ": " + status.reason());
        }
        return new Health(false, status.holdsAddress() ? "active, but the port is closed" : "active without address");
    }
}
