package io.mempair.proxy.protocol.binary;

import java.nio.charset.StandardCharsets;

/** What a response says of its request, with the text memcached puts into the body. Source: protocol_binary.h. */
public enum Status {
    OK(0x00, ""),
    NOT_FOUND(0x01, "Not found"),
    EXISTS(0x02, "Data exists for key."),
    TOO_LARGE(0x03, "Too large."),
    INVALID_ARGUMENTS(0x04, "Invalid arguments"),
    NOT_STORED(0x05, "Not stored."),
    NOT_A_NUMBER(0x06, "Non-numeric server-side value for incr or decr"),
    NOT_ALLOWED(0x20, "Auth failure."),
    UNKNOWN_COMMAND(0x81, "Unknown command"),
    OUT_OF_MEMORY(0x82, "Out of memory"),
    /** Not one of memcached's: no answer of a server; the body says why. The number is the protocol's Internal Error. */
    SERVER_FAILED(0x84, "Internal error");

    private final int code;

    @SuppressWarnings("ImmutableEnumChecker") // written once, read only
    private final byte[] text;

    Status(int code, String text) {
        this.code = code;
        this.text = text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The number on the wire, 16 bits. */
    public int code() {
        return code;
    }

    /** The body of a response without one of its own; empty for {@link #OK}. Not to be changed. */
    public byte[] text() {
        return text;
    }
}
