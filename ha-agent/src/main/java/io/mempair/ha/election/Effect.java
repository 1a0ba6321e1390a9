package io.mempair.ha.election;

import org.jspecify.annotations.Nullable;

/** What the agent must do, in list order. Every effect is safe to repeat. */
public sealed interface Effect {

    /** Serve, and hold the address, until then; a time in the past means: no more. */
    record SetLease(long untilNanos) implements Effect {}

    /**
     * Put the address on the interface and announce it; answered by claimed or failed.
     *
     * @param fence      the peer that nobody knows to have let go, to be fenced first; null when there is none
     * @param unhurried  no client waits: there is time to ask whether somebody else has the address
     */
    record ClaimAddress(long epoch, @Nullable String fence, boolean unhurried) implements Effect {}

    /** Let clients in; answered by opened or failed. */
    record OpenPort(long epoch) implements Effect {}

    /** Close the port and let what is in flight finish, at most for the grace; answered by drained. */
    record ClosePort(long epoch, long graceNanos) implements Effect {}

    /** Take the address off the interface; answered by released. */
    record ReleaseAddress(long epoch) implements Effect {}

    /** Close the clients that are still there. */
    record DropClients() implements Effect {}

    /** Tell the network once more where the address is. */
    record Announce() implements Effect {}

    /** To every peer. */
    record SendHeartbeat(Message.Heartbeat heartbeat) implements Effect {}

    /** To one peer. */
    record SendSupport(String to, Message.Support support) implements Effect {}

    /** To every peer, reliably. */
    record SendResign(Message.Resign resign) implements Effect {}

    /** The switchover asked for is done. */
    record SwitchoverDone(String line) implements Effect {}

    /** The switchover asked for was refused, or failed. */
    record SwitchoverFailed(String why) implements Effect {}

    /** The maintenance asked for has begun, or is over. */
    record MaintenanceDone(String line) implements Effect {}

    /** The maintenance asked for was refused. */
    record MaintenanceFailed(String why) implements Effect {}

    /** The node has stopped: close everything. */
    record Stopped() implements Effect {}

    /** One line for the log, for what is no transition. */
    record Say(String line) implements Effect {}

    /** One line for the log, of what the operator should mend. */
    record Warn(String line) implements Effect {}
}
