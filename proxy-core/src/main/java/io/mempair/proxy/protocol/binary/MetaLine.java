package io.mempair.proxy.protocol.binary;

import io.mempair.proxy.protocol.Command;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * A binary request in the words of the meta commands, which servers need for text clients anyway. Source: memcached
 * doc/protocol.txt "Meta Commands", and what memcached 1.6.18 makes of the packet, as observed.
 */
public final class MetaLine {

    /** Bytes no line is longer than: a key, five numbers, flags. */
    public static final int MAX_BYTES = 512;

    /** Bytes of the longest key that is sent in Base64: servers measure the 250 bytes of a key before they decode it. */
    public static final int MAX_ENCODED_KEY_BYTES = 186;

    /** The last moment the meta commands take as a lifetime, in 2038. A later one is passed on as never. */
    private static final long MAX_EXPTIME = Integer.MAX_VALUE;

    private static final byte[] RETRIEVE = ascii("mg ");
    private static final byte[] STORE = ascii("ms ");
    private static final byte[] DELETE = ascii("md ");
    private static final byte[] CALCULATE = ascii("ma ");
    private static final byte[] ENCODED = ascii(" b");
    private static final byte[] RETURN_VALUE = ascii(" v");
    private static final byte[] RETURN_CAS = ascii(" c");
    private static final byte[] RETURN_ITEM = ascii(" f c");
    private static final byte[] RETURN_KEY = ascii(" k");
    private static final byte[] DECREMENT = ascii(" MD");

    private MetaLine() {}

    /** Whether there is a line for the request's key: not for a long one with a space, line end or NUL in it. */
    public static boolean canCarry(BinaryRequest request) {
        return request.keyLength() <= MAX_ENCODED_KEY_BYTES || !mustEncode(request);
    }

    /** The command that {@link #append} writes for such a request. */
    public static Command command(BinaryRequest request) {
        return switch (request.opcode().kind()) {
            case GET, TOUCH -> Command.MG;
            case STORE, CONCATENATE -> Command.MS;
            case DELETE -> Command.MD;
            case ARITHMETIC -> Command.MA;
            default -> throw new AssertionError("no meta command for " + request.opcode());
        };
    }

    /** Appends the line of a request that has a key, without a line end. */
    public static void append(BinaryRequest request, ByteBuf out) {
        switch (request.opcode().kind()) {
            case GET, TOUCH -> retrieval(request, out);
            case STORE, CONCATENATE -> storage(request, out);
            case DELETE -> deletion(request, out);
            case ARITHMETIC -> arithmetic(request, out);
            default -> throw new AssertionError("no meta command for " + request.opcode());
        }
    }

    private static void retrieval(BinaryRequest request, ByteBuf out) {
        begin(RETRIEVE, request, out);
        if (request.opcode().kind() == Opcode.OpcodeKind.TOUCH) {
            number('T', exptime(request), out);
        }
        if (request.opcode().returnsValue()) {
            out.writeBytes(RETURN_VALUE);
        }
        out.writeBytes(RETURN_ITEM);
        if (!mustEncode(request)) {
            // an encoded key may come back as it is, and end the line: append makes the server forget that it was
            // encoded
            out.writeBytes(RETURN_KEY);
        }
    }

    private static void storage(BinaryRequest request, ByteBuf out) {
        begin(STORE, request, out);
        if (request.flags != 0) {
            number('F', Integer.toUnsignedLong(request.flags), out);
        }
        if (exptime(request) != 0) {
            number('T', exptime(request), out);
        }
        char mode = mode(request);
        if (mode != 'S') {
            out.writeByte(' ').writeByte('M').writeByte(mode);
        }
        condition(request.cas(), out);
        out.writeBytes(RETURN_CAS);
    }

    /** With an id, add and replace are one compare-and-swap: so memcached takes them. */
    private static char mode(BinaryRequest request) {
        return switch (request.opcode().loud()) {
            case APPEND -> 'A';
            case PREPEND -> 'P';
            case ADD -> request.cas() == 0 ? 'E' : 'S';
            case REPLACE -> request.cas() == 0 ? 'R' : 'S';
            default -> 'S';
        };
    }

    private static void deletion(BinaryRequest request, ByteBuf out) {
        begin(DELETE, request, out);
        condition(request.cas(), out);
    }

    private static void arithmetic(BinaryRequest request, ByteBuf out) {
        begin(CALCULATE, request, out);
        if (request.opcode().loud() == Opcode.DECREMENT) {
            out.writeBytes(DECREMENT);
        }
        number('D', request.delta, out);
        if (request.creates()) {
            number('J', request.initial, out);
            number('N', exptime(request), out);
        }
        condition(request.cas(), out);
        out.writeBytes(RETURN_VALUE).writeBytes(RETURN_CAS);
    }

    /** The word, the key, the size of a value, and whether the key is encoded. */
    private static void begin(byte[] word, BinaryRequest request, ByteBuf out) {
        boolean encode = mustEncode(request);
        out.writeBytes(word);
        if (encode) {
            out.writeBytes(encodedKey(request));
        } else {
            out.writeBytes(request.key(), 0, request.keyLength());
        }
        if (word == STORE) {
            out.writeByte(' ');
            decimal(request.valueBytes(), out);
        }
        if (encode) {
            out.writeBytes(ENCODED);
        }
    }

    /** Whether the key has a byte that would end it, or the line, on the way to a server. */
    static boolean mustEncode(BinaryRequest request) {
        return mustEncode(request.key(), request.keyLength());
    }

    /** Whether {@code key[0, length)} has a byte that would end it, or the line. */
    public static boolean mustEncode(byte[] key, int length) {
        for (int i = 0; i < length; i++) {
            byte b = key[i];
            if (b == ' ' || b == '\r' || b == '\n' || b == 0) {
                return true;
            }
        }
        return false;
    }

    private static byte[] encodedKey(BinaryRequest request) {
        return Base64.getEncoder().encode(Arrays.copyOf(request.key(), request.keyLength()));
    }

    /** The delay of a flush as servers take it: the last moment they can tell, if it is later than that. */
    public static long delay(BinaryRequest request) {
        return Math.min(request.exptime(), MAX_EXPTIME);
    }

    /** Seconds or unix time as servers take it; never, if it is later than they can tell. */
    private static long exptime(BinaryRequest request) {
        return request.exptime() > MAX_EXPTIME ? 0 : request.exptime();
    }

    private static void condition(long cas, ByteBuf out) {
        if (cas != 0) {
            number('C', cas, out);
        }
    }

    /** A flag with an unsigned number. */
    private static void number(char flag, long value, ByteBuf out) {
        out.writeByte(' ').writeByte(flag);
        decimal(value, out);
    }

    private static void decimal(long value, ByteBuf out) {
        out.writeCharSequence(Long.toUnsignedString(value), StandardCharsets.US_ASCII);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
