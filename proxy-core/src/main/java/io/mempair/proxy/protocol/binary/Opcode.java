package io.mempair.proxy.protocol.binary;

import io.mempair.proxy.protocol.Command;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a packet asks for. Source: memcached protocol_binary.h; which lengths go with which, proto_bin.c. */
public enum Opcode {
    GET(0x00, OpcodeKind.GET),
    GETQ(0x09, OpcodeKind.GET, GET),
    GETK(0x0c, OpcodeKind.GET),
    GETKQ(0x0d, OpcodeKind.GET, GETK),
    SET(0x01, OpcodeKind.STORE),
    SETQ(0x11, OpcodeKind.STORE, SET),
    ADD(0x02, OpcodeKind.STORE),
    ADDQ(0x12, OpcodeKind.STORE, ADD),
    REPLACE(0x03, OpcodeKind.STORE),
    REPLACEQ(0x13, OpcodeKind.STORE, REPLACE),
    APPEND(0x0e, OpcodeKind.CONCATENATE),
    APPENDQ(0x19, OpcodeKind.CONCATENATE, APPEND),
    PREPEND(0x0f, OpcodeKind.CONCATENATE),
    PREPENDQ(0x1a, OpcodeKind.CONCATENATE, PREPEND),
    DELETE(0x04, OpcodeKind.DELETE),
    DELETEQ(0x14, OpcodeKind.DELETE, DELETE),
    INCREMENT(0x05, OpcodeKind.ARITHMETIC),
    INCREMENTQ(0x15, OpcodeKind.ARITHMETIC, INCREMENT),
    DECREMENT(0x06, OpcodeKind.ARITHMETIC),
    DECREMENTQ(0x16, OpcodeKind.ARITHMETIC, DECREMENT),
    TOUCH(0x1c, OpcodeKind.TOUCH),
    GAT(0x1d, OpcodeKind.TOUCH),
    GATQ(0x1e, OpcodeKind.TOUCH, GAT),
    GATK(0x23, OpcodeKind.TOUCH),
    GATKQ(0x24, OpcodeKind.TOUCH, GATK),
    FLUSH(0x08, OpcodeKind.FLUSH),
    FLUSHQ(0x18, OpcodeKind.FLUSH, FLUSH),
    NOOP(0x0a, OpcodeKind.BARE),
    VERSION(0x0b, OpcodeKind.BARE),
    QUIT(0x07, OpcodeKind.BARE),
    QUITQ(0x17, OpcodeKind.BARE, QUIT),
    STAT(0x10, OpcodeKind.STAT),
    SASL_LIST(0x20, OpcodeKind.BARE),
    SASL_AUTH(0x21, OpcodeKind.SASL),
    SASL_STEP(0x22, OpcodeKind.SASL),
    /** Any number that is none of the above. */
    UNKNOWN(-1, OpcodeKind.UNKNOWN);

    /** Which extras, key and value belong to a packet, and so how it is carried out. */
    public enum OpcodeKind {
        /** A key. */
        GET,
        /** A lifetime and a key. */
        TOUCH,
        /** Flags and lifetime, a key, a value. */
        STORE,
        /** A key and a value. */
        CONCATENATE,
        /** A key. */
        DELETE,
        /** Delta, initial value and lifetime, a key. */
        ARITHMETIC,
        /** A delay or nothing. */
        FLUSH,
        /** Nothing. */
        BARE,
        /** A key or nothing. */
        STAT,
        /** A key and a value. */
        SASL,
        UNKNOWN
    }

    private static final Opcode[] BY_CODE = new Opcode[256];

    static {
        Arrays.fill(BY_CODE, UNKNOWN);
        for (Opcode opcode : values()) {
            if (opcode != UNKNOWN) {
                BY_CODE[opcode.code] = opcode;
            }
        }
    }

    private final int code;
    private final OpcodeKind kind;
    private final Opcode loud;

    Opcode(int code, OpcodeKind kind) {
        this.code = code;
        this.kind = kind;
        this.loud = this;
    }

    Opcode(int code, OpcodeKind kind, Opcode loud) {
        this.code = code;
        this.kind = kind;
        this.loud = loud;
    }

    /** The opcode with that number, 0..255; {@link #UNKNOWN} if there is none. */
    public static Opcode of(int code) {
        return BY_CODE[code];
    }

    /** What belongs to the packet. */
    public OpcodeKind kind() {
        return kind;
    }

    /** Whether the usual answer is not sent: the miss of a retrieval, the success of anything else. */
    public boolean quiet() {
        return loud != this;
    }

    /** The opcode that asks for the same and is always answered. */
    public Opcode loud() {
        return loud;
    }

    /** The classic command that asks for the same; null for what only this protocol has. */
    public @Nullable Command command() {
        return switch (loud) {
            case GET, GETK -> Command.GET;
            case SET -> Command.SET;
            case ADD -> Command.ADD;
            case REPLACE -> Command.REPLACE;
            case APPEND -> Command.APPEND;
            case PREPEND -> Command.PREPEND;
            case DELETE -> Command.DELETE;
            case INCREMENT -> Command.INCR;
            case DECREMENT -> Command.DECR;
            case TOUCH -> Command.TOUCH;
            case GAT, GATK -> Command.GAT;
            case FLUSH -> Command.FLUSH_ALL;
            case STAT -> Command.STATS;
            case VERSION -> Command.VERSION;
            default -> null;
        };
    }

    /** Whether the answer repeats the key. */
    public boolean returnsKey() {
        return loud == GETK || loud == GATK;
    }

    /** Whether the answer has the value in it. */
    public boolean returnsValue() {
        return kind == OpcodeKind.GET || (kind == OpcodeKind.TOUCH && this != TOUCH);
    }
}
