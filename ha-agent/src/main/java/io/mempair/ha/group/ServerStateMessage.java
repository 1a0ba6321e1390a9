package io.mempair.ha.group;

import io.mempair.proxy.replication.ServerKnowledge;

/**
 * What nodes tell each other of the servers. Beside the {@link io.mempair.ha.election.Message messages} of the election,
 * which decides without it.
 */
public sealed interface ServerStateMessage {

    /** Name of the sender. */
    String from();

    /** Incarnation of the sender, as in its heartbeats. */
    long incarnation();

    /**
     * What the active node knows. Sent at once when it changed, and with each heartbeat.
     *
     * @param from         name of the active node
     * @param incarnation  which start of it; versions of two starts have nothing to do with each other
     * @param epoch        its reign
     * @param knowledge    what it knows
     */
    record StateUpdate(String from, long incarnation, long epoch, ServerKnowledge knowledge)
            implements ServerStateMessage {}

    /**
     * The answer to {@link StateUpdate}: the sender would take over with this knowledge. Not sent by a node that did not take it.
     *
     * @param from           name of the standby
     * @param incarnation    which start of it; another one knows nothing of what this one was told
     * @param ofIncarnation  {@link StateUpdate#incarnation}
     * @param epoch          {@link StateUpdate#epoch}
     * @param version        version of the knowledge taken
     */
    record StateAck(String from, long incarnation, long ofIncarnation, long epoch, long version)
            implements ServerStateMessage {}
}
