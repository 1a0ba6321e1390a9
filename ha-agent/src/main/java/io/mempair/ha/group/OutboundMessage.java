package io.mempair.ha.group;

import io.mempair.ha.election.Message;
import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Message.Resign;

/** A message made bytes, and what the way needs to know of it. Nobody changes the bytes. */
final class OutboundMessage {

    /** What is treated in a way of its own. */
    enum MessageKind {
        HEARTBEAT,
        RESIGN,
        TOLD,
        OTHER
    }

    private final MessageKind kind;
    private final byte[] bytes;

    private OutboundMessage(MessageKind kind, byte[] bytes) {
        this.kind = kind;
        this.bytes = bytes;
    }

    /** @throws IllegalArgumentException when the name of the sender is too long */
    static OutboundMessage of(Message message) {
        byte[] bytes = MessageCodec.encode(message);
        if (message instanceof Heartbeat) {
            return new OutboundMessage(MessageKind.HEARTBEAT, bytes);
        }
        return new OutboundMessage(message instanceof Resign ? MessageKind.RESIGN : MessageKind.OTHER, bytes);
    }

    /** @throws IllegalArgumentException when it is too much to send */
    static OutboundMessage of(ServerStateMessage message) {
        MessageKind kind = message instanceof ServerStateMessage.StateUpdate ? MessageKind.TOLD : MessageKind.OTHER;
        return new OutboundMessage(kind, ServerStateCodec.encode(message));
    }

    MessageKind kind() {
        return kind;
    }

    byte[] bytes() {
        return bytes;
    }
}
