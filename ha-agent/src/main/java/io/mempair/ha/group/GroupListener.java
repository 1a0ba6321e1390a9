package io.mempair.ha.group;

import io.mempair.ha.election.Message;

/** What the channel tells. Called by threads of the channel; must return at once. */
public interface GroupListener {

    /** The transport listens; from here messages come and silence means something. */
    void connected();

    /** A peer said something. */
    void heard(Message message);

    /** A peer said something of the servers. */
    void heard(ServerStateMessage message);

    /** It is proved that this incarnation of a peer runs no more. */
    void died(String name, long incarnation);
}
