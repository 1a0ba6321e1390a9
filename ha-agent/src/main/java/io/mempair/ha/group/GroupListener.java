package io.mempair.ha.group;

import io.mempair.ha.election.Message;

/** Receives events of the channel, on its threads; must not block. */
public interface GroupListener {

    /** The transport listens: from now on messages arrive and silence counts. */
    void connected();

    /** A peer sent a message. */
    void heard(Message message);

    /** A peer sent server state. */
    void heard(ServerStateMessage message);

    /** A peer told something for operators. */
    default void heard(OperatorMessage message) {}

    /** This incarnation of a peer is proved dead. */
    void died(String name, long incarnation);
}
