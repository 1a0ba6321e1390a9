package io.mempair.proxy.protocol.binary;

import io.mempair.proxy.protocol.Command;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a packet asks for. Source: memcached protocol_binary.h; which lengths go with which, proto_bin.c. */
public enum Opcode {
    GET(0x00, Kind.GET),
    GETQ(0x09, Kind.GET, GET),
    GETK(0x0c, Kind.GET),
    GETKQ(0x0d, Kind.GET, GETK),
    SET(0x01, Kind.STORE),
    SETQ(0x11, Kind.STORE, SET),
    ADD(0x02, Kind.STORE),
    ADDQ(0x12, Kind.STORE, ADD),
    REPLACE(0x03, Kind.STORE),
    REPLACEQ(0x13, Kind.STORE, REPLACE),
    APPEND(0x0e, Kind.CONCATENATE),
    APPENDQ(0x19, Kind.CONCATENATE, APPEND),
    PREPEND(0x0f, Kind.CONCATENATE),
    PREPENDQ(0x1a, Kind.CONCATENATE, PREPEND),
    DELETE(0x04, Kind.DELETE),
    DELETEQ(0x14, Kind.DELETE, DELETE),
    INCREMENT(0x05, Kind.ARITHMETIC),
    INCREMENTQ(0x15, Kind.ARITHMETIC, INCREMENT),
    DECREMENT(0x06, Kind.ARITHMETIC),
    DECREMENTQ(0x16, Kind.ARITHMETIC, DECREMENT),
    TOUCH(0x1c, Kind.TOUCH),
    GAT(0x1d, Kind.TOUCH),
    GATQ(0x1e, Kind.TOUCH, GAT),
    GATK(0x23, Kind.TOUCH),
    GATKQ(0x24, Kind.TOUCH, GATK),
    FLUSH(0x08, Kind.FLUSH),
    FLUSHQ(0x18, Kind.FLUSH, FLUSH),
    NOOP(0x0a, Kind.BARE),
    VERSION(0x0b, Kind.BARE),
    QUIT(0x07, Kind.BARE),
    QUITQ(0x17, Kind.BARE, QUIT),
    STAT(0x10, Kind.STAT),
    SASL_LIST(0x20, Kind.BARE),
    SASL_AUTH(0x21, Kind.SASL),
    SASL_STEP(0x22, Kind.SASL),
    /** Any number that is none of the above. */
    UNKNOWN(-1, Kind.UNKNOWN);

    /** Which extras, key and value belong to a packet, and so how it is carried out. */
    public enum Kind {
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
    private final Kind kind;
    private final Opcode loud;

    Opcode(int code, Kind kind) {
        this.code = code;
        this.kind = kind;
        this.loud = this;
    }

    Opcode(int code, Kind kind, Opcode loud) {
        this.code = code;
        this.kind = kind;
        this.loud = loud;
    }

    /** The opcode with that number, 0..255; {@link #UNKNOWN} if there is none. */
    public static Opcode of(int code) {
        return BY_CODE[code];
    }

    /** What belongs to the packet. */
    public Kind kind() {
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
        return kind == Kind.GET || (kind == Kind.TOUCH && this != TOUCH);
    }
}
