package io.mempair.ha.group;

import io.mempair.ha.election.Message;
import java.util.List;

/** The way to the other nodes. Every method returns at once; a message may be lost, late or doubled. */
public interface Group extends AutoCloseable {

    /** Connects in the background, and again until it succeeds. */
    void start(GroupListener listener);

    /** To every configured peer. */
    void send(Message message);

    /** To one peer, by its name; nothing happens when it was never heard. */
    void send(String to, Message message);

    /**
     * To every configured peer.
     *
     * @throws IllegalArgumentException when it is too much to send
     */
    void send(ServerStateMessage message);

    /** To one peer, by its name, as {@link #send(String, Message)}. */
    void send(String to, ServerStateMessage message);

    /** Every configured peer, heard or not. Any thread. */
    default List<LinkStatus> links() {
        return List.of();
    }

    /** Sends what is still to send and leaves; bounded to about a second. */
    @Override
    void close();
}
