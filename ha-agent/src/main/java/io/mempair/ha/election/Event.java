package io.mempair.ha.election;

import java.util.List;

/**
 * What can happen to an election. {@link #nowNanos} is when the agent thread took the event up, never earlier
 * than that of the event before; compare by subtraction. Outcomes carry the epoch of the effect they answer,
 * so that a late one is recognised.
 */
public sealed interface Event {

    long nowNanos();

    /** Time went on; several times a heartbeat. */
    record Tick(long nowNanos) implements Event {}

    /** The channel is up: from here silence of the peer means something. */
    record ChannelConnected(long nowNanos) implements Event {}

    /** A message arrived. It may be late, doubled, or the first after many lost ones. */
    record Heard(long nowNanos, Message message) implements Event {}

    /** It is proved that this incarnation of a peer runs no more. */
    record PeerDied(long nowNanos, String name, long incarnation) implements Event {}

    /** What the checks of this node say; empty when it is fit to be active. */
    record FitnessChanged(long nowNanos, List<String> problems) implements Event {
        public FitnessChanged {
            problems = List.copyOf(problems);
        }
    }

    /** The interface carries the address. */
    record AddressClaimed(long nowNanos, long epoch) implements Event {}

    /** The address could not be taken. */
    record ClaimFailed(long nowNanos, long epoch, String why) implements Event {}

    /** The guard dropped the address by itself, or died. */
    record AddressLost(long nowNanos, String why) implements Event {}

    /** The interface does not carry the address any more. */
    record AddressReleased(long nowNanos, long epoch) implements Event {}

    /** What the interface carries; once a second. */
    record AddressObserved(long nowNanos, boolean held) implements Event {}

    /** The proxy listens. */
    record PortOpened(long nowNanos, long epoch) implements Event {}

    /** The proxy cannot listen. */
    record PortFailed(long nowNanos, long epoch, String why) implements Event {}

    /** The port is closed and nothing is in flight, or the grace is over. */
    record Drained(long nowNanos, long epoch) implements Event {}

    /** The proxy places keys by another rule, or other servers; never {@link Message#UNKNOWN_PLACEMENT}. */
    record PlacementChanged(long nowNanos, long placement) implements Event {}

    /** The operator wants the peer to be active. */
    record SwitchoverRequested(long nowNanos) implements Event {}

    /** The operator takes this node out ({@code standby}), or puts it back. */
    record MaintenanceRequested(long nowNanos, boolean standby) implements Event {}

    /** Something that dies with neither node answered a question asked at {@code askedNanos}, on this node's clock. */
    record TieBreakerHeard(long nowNanos, long askedNanos) implements Event {}

    /** The operator or systemd stops this node. There is no way back. */
    record StopRequested(long nowNanos) implements Event {}
}
