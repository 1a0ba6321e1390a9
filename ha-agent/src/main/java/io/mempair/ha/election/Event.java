package io.mempair.ha.election;

import java.util.List;

/**
 * An input of the election. {@link #nowNanos} is when the agent thread dequeued the event, never earlier than that of
 * the previous event; compare by subtraction. Outcomes carry the epoch of the effect they answer, so that late ones are
 * recognised.
 */
public sealed interface Event {

    long nowNanos();

    /** Time has passed; several times per heartbeat. */
    record Tick(long nowNanos) implements Event {}

    /** The channel is up: from now on the peer's silence counts. */
    record ChannelConnected(long nowNanos) implements Event {}

    /** A message arrived. It may be late, duplicated, or the first after many lost ones. */
    record Heard(long nowNanos, Message message) implements Event {}

    /** This incarnation of a peer is proved dead. */
    record PeerDied(long nowNanos, String name, long incarnation) implements Event {}

    /** The problems found by this node's checks; empty if it is fit to be active. */
    record FitnessChanged(long nowNanos, List<String> problems) implements Event {
        public FitnessChanged {
            problems = List.copyOf(problems);
        }
    }

    /** The interface carries the address. */
    record AddressClaimed(long nowNanos, long epoch) implements Event {}

    /** The address could not be added. */
    record ClaimFailed(long nowNanos, long epoch, String why) implements Event {}

    /** The guard dropped the address on its own, or died. */
    record AddressLost(long nowNanos, String why) implements Event {}

    /** The interface no longer carries the address. */
    record AddressReleased(long nowNanos, long epoch) implements Event {}

    /** Whether the interface carries the address; once a second. */
    record AddressObserved(long nowNanos, boolean held) implements Event {}

    /** The proxy listens. */
    record PortOpened(long nowNanos, long epoch) implements Event {}

    /** The proxy cannot listen. */
    record PortFailed(long nowNanos, long epoch, String why) implements Event {}

    /** The port is closed and no request is in flight, or the grace has passed. */
    record Drained(long nowNanos, long epoch) implements Event {}

    /** Whether step-downs may hand the connections over. */
    record HandoverAllowed(long nowNanos, boolean allowed) implements Event {}

    /** The heir is ready to take the connections. */
    record HandoverPrepared(long nowNanos, long epoch) implements Event {}

    /** The heir has a copy of every connection that can be moved. */
    record ConnectionsCopied(long nowNanos, long epoch) implements Event {}

    /** The connections cannot be handed over: the heir refused, is gone or late, or this node cannot copy them. */
    record HandoverFailed(long nowNanos, long epoch, String why) implements Event {}

    /**
     * The proxy's placement of keys has changed.
     *
     * @param placement  never {@link Message#UNKNOWN_PLACEMENT}
     * @param other      the placement to which, or from which, keys move: a peer may be there already, or still;
     *     {@link Message#UNKNOWN_PLACEMENT} if no keys move
     */
    record PlacementChanged(long nowNanos, long placement, long other) implements Event {

        /** No keys move. */
        public PlacementChanged(long nowNanos, long placement) {
            this(nowNanos, placement, Message.UNKNOWN_PLACEMENT);
        }
    }

    /** This member's copy of the servers' state has changed. */
    record StateKept(long nowNanos, StateVersion version) implements Event {}

    /** The operator requests a switchover to the peer. */
    record SwitchoverRequested(long nowNanos) implements Event {}

    /** The operator takes this node out ({@code standby}), or returns it. */
    record MaintenanceRequested(long nowNanos, boolean standby) implements Event {}

    /** The tie-breaker answered a probe sent at {@code askedNanos}, on this node's clock. */
    record TieBreakerHeard(long nowNanos, long askedNanos) implements Event {}

    /** The operator or systemd stops this node, for good. */
    record StopRequested(long nowNanos) implements Event {}
}
