package io.mempair.ha.group;

import io.mempair.ha.election.Message;
import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Message.Resign;

/** A message made bytes, and what the way needs to know of it. Nobody changes the bytes. */
final class Letter {

    /** What is treated in a way of its own. */
    enum Kind {
        HEARTBEAT,
        RESIGN,
        TOLD,
        OTHER
    }

    private final Kind kind;
    private final byte[] bytes;

    private Letter(Kind kind, byte[] bytes) {
        this.kind = kind;
        this.bytes = bytes;
    }

    /** @throws IllegalArgumentException when the name of the sender is too long */
    static Letter of(Message message) {
        byte[] bytes = MessageCodec.encode(message);
        if (message instanceof Heartbeat) {
            return new Letter(Kind.HEARTBEAT, bytes);
        }
        return new Letter(message instanceof Resign ? Kind.RESIGN : Kind.OTHER, bytes);
    }

    /** @throws IllegalArgumentException when it is too much to send */
    static Letter of(KnowledgeMessage message) {
        Kind kind = message instanceof KnowledgeMessage.Told ? Kind.TOLD : Kind.OTHER;
        return new Letter(kind, KnowledgeCodec.encode(message));
    }

    Kind kind() {
        return kind;
    }

    byte[] bytes() {
        return bytes;
    }
}
