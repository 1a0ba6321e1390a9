package io.mempair.ha.election;

import org.jspecify.annotations.Nullable;

/** An action for the agent, executed in list order. Every effect is idempotent. */
public sealed interface Effect {

    /** Serve and hold the address until then; a time in the past ends both. */
    record SetLease(long untilNanos) implements Effect {}

    /**
     * Add the address to the interface and announce it; answered by AddressClaimed or ClaimFailed.
     *
     * @param fence      peer to fence first, because it may still hold the address; or null
     * @param unhurried  no client waits, so there is time to check whether another host has the address
     */
    record ClaimAddress(long epoch, @Nullable String fence, boolean unhurried) implements Effect {}

    /** Open the port; answered by PortOpened or PortFailed. */
    record OpenPort(long epoch) implements Effect {}

    /** Close the port and let requests in flight finish within the grace; answered by Drained. */
    record ClosePort(long epoch, long graceNanos) implements Effect {}

    /** Ask {@code heir} whether it takes the connections; answered by HandoverPrepared or HandoverFailed. */
    record PrepareHandover(long epoch, String heir) implements Effect {}

    /**
     * Begin no further request and let those in flight finish within the grace; the port stays open and input is kept.
     * Answered by Drained.
     */
    record Quiesce(long epoch, long graceNanos) implements Effect {}

    /** Copy the connections to the heir; answered by ConnectionsCopied or HandoverFailed. The address is off. */
    record CopyConnections(long epoch) implements Effect {}

    /** The connections are the heir's: tell it, and close them without a word to the clients. */
    record CommitHandover(long epoch) implements Effect {}

    /** End the hand-over without a commit: the connections are this node's. Tell the heir. */
    record AbandonHandover(long epoch) implements Effect {}

    /** Remove the address from the interface; answered by AddressReleased. */
    record ReleaseAddress(long epoch) implements Effect {}

    /** Close the remaining clients. */
    record DropClients() implements Effect {}

    /** Announce the address to the network again. */
    record Announce() implements Effect {}

    /** Send to every peer. */
    record SendHeartbeat(Message.Heartbeat heartbeat) implements Effect {}

    /** Send to one peer. */
    record SendSupport(String to, Message.Support support) implements Effect {}

    /** Send this member's copy of the servers' state, as it is now, to a member whose copy is older. */
    record SendState(String to, long nowNanos) implements Effect {}

    /** Send to every peer, reliably. */
    record SendResign(Message.Resign resign) implements Effect {}

    /** The requested switchover is complete. */
    record SwitchoverDone(String line) implements Effect {}

    /** The requested switchover was refused, or failed. */
    record SwitchoverFailed(String why) implements Effect {}

    /** The requested maintenance has begun, or has ended. */
    record MaintenanceDone(String line) implements Effect {}

    /** The requested maintenance was refused. */
    record MaintenanceFailed(String why) implements Effect {}

    /** The node has stopped: close everything. */
    record Stopped() implements Effect {}

    /** Log one line about an event that is not a transition. */
    record Say(String line) implements Effect {}

    /** Log one line about a problem that the operator should fix. */
    record Warn(String line) implements Effect {}
}
