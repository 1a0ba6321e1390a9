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
     * The state of the servers. The active node sends it at every change, and with each heartbeat. While nobody is active,
     * any member sends its copy to one whose copy is older.
     *
     * @param from         name of the sender
     * @param incarnation  of the sender
     * @param epoch        the reign in which the state was determined: the sender's own, if it is active
     * @param knowledge    the state; its version counts within that reign
     */
    record StateUpdate(String from, long incarnation, long epoch, ServerKnowledge knowledge)
            implements ServerStateMessage {

        /** The acknowledgement of a member that has this state. */
        public StateAck ackBy(String member, long memberIncarnation) {
            return new StateAck(member, memberIncarnation, incarnation, epoch, knowledge.version());
        }
    }

    /**
     * The acknowledgement of a {@link StateUpdate}: a standby would take over with this state, and a witness keeps it for
     * whoever takes over. Not sent if it did not adopt the state.
     *
     * @param from           name of the standby or witness
     * @param incarnation    of the sender; another incarnation does not have the state
     * @param ofIncarnation  {@link StateUpdate#incarnation}
     * @param epoch          {@link StateUpdate#epoch}
     * @param version        of the adopted state
     */
    record StateAck(String from, long incarnation, long ofIncarnation, long epoch, long version)
            implements ServerStateMessage {}
}
