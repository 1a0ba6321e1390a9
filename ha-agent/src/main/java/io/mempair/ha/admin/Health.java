package io.mempair.ha.admin;

import io.mempair.ha.agent.Node;
import io.mempair.ha.agent.NodeStatus;
import io.mempair.ha.election.Role;
import java.util.List;

/**
 * An answer for a load balancer or a monitor.
 *
 * @param good    whether to answer 200, not 503
 * @param reason  one line for a person
 */
record Health(boolean good, String reason) {

    private static final Health LIVE = new Health(true, "the node runs");
    private static final Health BROKEN = new Health(false, "the node broke, its process ends: the log says why");

    /** As for an event loop: what decides ticks several times a heartbeat. */
    private static final long STUCK_NANOS = 2_000_000_000L;

    /** The process answers, its node did not break, and what decides and every event loop come round. */
    static Health live(Node node) {
        if (node.ended().toCompletableFuture().isCompletedExceptionally()) {
            return BROKEN;
        }
        List<String> ailments = node.status().proxy().ailments();
        if (!ailments.isEmpty()) {
            return new Health(false, String.join(", ", ailments));
        }
        long silenceNanos = node.silenceNanos();
        return silenceNanos < STUCK_NANOS
                ? LIVE
                : new Health(false, "the node has decided nothing for " + silenceNanos / 1_000_000 + " ms");
    }

    /** Fit: active, or standby and able to take over. */
    static Health ready(Node node) {
        Health live = live(node);
        if (!live.good()) {
            return live;
        }
        NodeStatus status = node.status();
        boolean fit = status.role() != Role.FAULT;
        return new Health(fit, StatusText.roleOf(status) + ": " + StatusText.because(status));
    }

    /** Serving clients at this moment. */
    static Health active(Node node) {
        Health live = live(node);
        if (!live.good()) {
            return live;
        }
        NodeStatus status = node.status();
        if (status.serves()) {
            return new Health(true, StatusText.roleOf(status));
        }
        if (status.role() != Role.ACTIVE || status.kind() == NodeStatus.MemberKind.PROXY) {
            return new Health(false, StatusText.roleOf(status) + ": " + status.reason());
        }
        return new Health(false, status.holdsAddress() ? "active, but the port is closed" : "active without address");
    }
}
