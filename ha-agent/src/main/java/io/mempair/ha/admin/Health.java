package io.mempair.ha.admin;

import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.election.Role;

/**
 * An answer for a load balancer or a monitor.
 *
 * @param good    whether to answer 200, not 503
 * @param reason  one line for a person
 */
record Health(boolean good, String reason) {

    /** The process answers; nothing else is asked. */
    static final Health LIVE = new Health(true, "the agent answers");

    /** Fit: active, or standby and able to take over. */
    static Health ready(NodeStatus status) {
        boolean fit = status.role() != Role.FAULT;
        return new Health(fit, StatusText.lower(status.role()) + ": " + status.reason());
    }

    /** Serving clients at this moment. */
    static Health active(NodeStatus status) {
        if (status.serves()) {
            return new Health(true, "active");
        }
        if (status.role() != Role.ACTIVE) {
            return new Health(false, StatusText.lower(status.role()) + ": " + status.reason());
        }
        return new Health(false, status.holdsAddress() ? "active, but the port is closed" : "active without address");
    }
}
