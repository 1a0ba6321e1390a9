package io.mempair.ha.group;

import io.mempair.proxy.replication.ServerKnowledge;

/**
 * A server state message between nodes, separate from the {@link io.mempair.ha.election.Message messages} of the
 * election, which does not use it.
 */
public sealed interface ServerStateMessage {

    /** Name of the sender. */
    String from();

    /** Incarnation of the sender, as in its heartbeats. */
    long incarnation();

    /**
     * The active node's server state. Sent at every change, and with each heartbeat.
     *
     * @param from         name of the active node
     * @param incarnation  of the active node; versions of two incarnations are unrelated
     * @param epoch        its reign
     * @param knowledge    its server state
     */
    record StateUpdate(String from, long incarnation, long epoch, ServerKnowledge knowledge)
            implements ServerStateMessage {}

    /**
     * The acknowledgement of a {@link StateUpdate}: the sender would take over with this state. Not sent if it did not
     * adopt the state.
     *
     * @param from           name of the standby
     * @param incarnation    of the standby; another incarnation does not have the state
     * @param ofIncarnation  {@link StateUpdate#incarnation}
     * @param epoch          {@link StateUpdate#epoch}
     * @param version        of the adopted state
     */
    record StateAck(String from, long incarnation, long ofIncarnation, long epoch, long version)
            implements ServerStateMessage {}
}
