package io.mempair.ha.group;

import io.mempair.ha.election.Message;
import io.mempair.ha.group.wire.PeerStream;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The channel to the other nodes. Every method returns immediately; a message may be lost, late or duplicated. */
public interface Group extends AutoCloseable {

    /** Connects in the background, with retries. */
    void start(GroupListener listener);

    /** Sends to every configured peer. */
    void send(Message message);

    /** Sends to one peer by name; does nothing if the peer was never heard. */
    void send(String to, Message message);

    /**
     * To every configured peer.
     *
     * @throws IllegalArgumentException if the message is too large
     */
    void send(ServerStateMessage message);

    /** Sends to one peer by name, as {@link #send(String, Message)}. */
    void send(String to, ServerStateMessage message);

    /** To every configured peer, for its operators. */
    default void send(OperatorMessage message) {}

    /** Sets who takes, and then owns, the streams that peers open; without one they are closed. */
    default void acceptStreams(Consumer<PeerStream> taker) {}

    /**
     * Opens a stream to a peer by name; blocks, for a second at most.
     *
     * @throws IOException if it cannot be opened, or the peer was never heard
     */
    default PeerStream openStream(String peer) throws IOException {
        throw new IOException("there are no streams to " + peer);
    }

    /** The links to every configured peer, heard or not. Any thread. */
    default List<LinkStatus> links() {
        return List.of();
    }

    /** Why this node's own port is not open, so that it neither hears nor is heard; null if it is open. Any thread. */
    default @Nullable String problem() {
        return null;
    }

    /** Sends queued messages and leaves; takes at most about a second. */
    @Override
    void close();
}
