package io.mempair.ha.group;

import io.mempair.ha.election.Message;
import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Message.Resign;

/** An encoded message and its kind. The bytes are immutable. */
final class OutboundMessage {

    /** Kinds of messages that the link treats differently. */
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

    /** @throws IllegalArgumentException if the sender's name is too long */
    static OutboundMessage of(Message message) {
        byte[] bytes = MessageCodec.encode(message);
        if (message instanceof Heartbeat) {
            return new OutboundMessage(MessageKind.HEARTBEAT, bytes);
        }
        return new OutboundMessage(message instanceof Resign ? MessageKind.RESIGN : MessageKind.OTHER, bytes);
    }

    /** @throws IllegalArgumentException if the message is too large */
    static OutboundMessage of(ServerStateMessage message) {
        MessageKind kind = message instanceof ServerStateMessage.StateUpdate ? MessageKind.TOLD : MessageKind.OTHER;
        return new OutboundMessage(kind, ServerStateCodec.encode(message));
    }

    static OutboundMessage of(OperatorMessage message) {
        return new OutboundMessage(MessageKind.OTHER, OperatorMessageCodec.encode(message));
    }

    MessageKind kind() {
        return kind;
    }

    byte[] bytes() {
        return bytes;
    }
}
