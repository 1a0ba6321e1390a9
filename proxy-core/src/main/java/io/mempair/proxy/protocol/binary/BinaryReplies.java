package io.mempair.proxy.protocol.binary;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Response packets, and the beginnings of those whose value is passed on as it comes. */
public final class BinaryReplies {

    private static final int MAGIC = 0x81;
    private static final int HEADER_BYTES = 24;
    private static final int FLAGS_BYTES = 4;
    private static final int NUMBER_BYTES = 8;
    private static final byte[] NOTHING = {};

    private BinaryReplies() {}

    /** A response with that status and the text that goes with it. */
    public static byte[] of(BinaryRequest request, Status status) {
        return of(request, status, status.text());
    }

    /** A response with that status and a text of one's own. */
    public static byte[] of(BinaryRequest request, Status status, byte[] text) {
        return packet(request, status, NOTHING, NOTHING, text, 0, 0);
    }

    /** The success of a write: {@code cas} is the item's new id, or 0 where there is none. */
    public static byte[] stored(BinaryRequest request, long cas) {
        return packet(request, Status.OK, NOTHING, NOTHING, NOTHING, 0, cas);
    }

    /** The new value of a counter. */
    public static byte[] number(BinaryRequest request, long value, long cas) {
        return packet(request, Status.OK, NOTHING, NOTHING, bigEndian(value, NUMBER_BYTES), 0, cas);
    }

    /** Nothing was found; a request that wants its key back gets it in place of the text. */
    public static byte[] miss(BinaryRequest request) {
        return request.opcode().returnsKey()
                ? packet(request, Status.NOT_FOUND, NOTHING, keyOf(request), NOTHING, 0, 0)
                : of(request, Status.NOT_FOUND);
    }

    /** The beginning of a found item; {@code valueBytes} of value must follow. */
    public static byte[] item(BinaryRequest request, long flags, long valueBytes, long cas) {
        byte[] key = request.opcode().returnsKey() ? keyOf(request) : NOTHING;
        return packet(request, Status.OK, bigEndian(flags, FLAGS_BYTES), key, NOTHING, valueBytes, cas);
    }

    /** One of the statistics. One with neither name nor value ends them. */
    public static byte[] stat(BinaryRequest request, String name, String value) {
        byte[] key = name.getBytes(StandardCharsets.ISO_8859_1);
        return packet(request, Status.OK, NOTHING, key, value.getBytes(StandardCharsets.ISO_8859_1), 0, 0);
    }

    private static byte[] keyOf(BinaryRequest request) {
        return Arrays.copyOf(request.key(), request.keyLength());
    }

    /** A packet; {@code bytesToFollow} belong to its body and are sent by others. */
    private static byte[] packet(
            BinaryRequest request,
            Status status,
            byte[] extras,
            byte[] key,
            byte[] value,
            long bytesToFollow,
            long cas) {
        int bodyBytes = extras.length + key.length + value.length;
        byte[] packet = new byte[HEADER_BYTES + bodyBytes];
        packet[0] = (byte) MAGIC;
        packet[1] = request.code;
        put(packet, 2, key.length, 2);
        packet[4] = (byte) extras.length;
        put(packet, 6, status.code(), 2);
        put(packet, 8, bodyBytes + bytesToFollow, 4);
        put(packet, 12, request.opaque, 4);
        put(packet, 16, cas, 8);
        System.arraycopy(extras, 0, packet, HEADER_BYTES, extras.length);
        System.arraycopy(key, 0, packet, HEADER_BYTES + extras.length, key.length);
        System.arraycopy(value, 0, packet, HEADER_BYTES + extras.length + key.length, value.length);
        return packet;
    }

    private static byte[] bigEndian(long number, int bytes) {
        byte[] out = new byte[bytes];
        put(out, 0, number, bytes);
        return out;
    }

    /** Writes the low {@code bytes} of {@code number}, the highest first. */
    private static void put(byte[] out, int at, long number, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out[at + i] = (byte) (number >>> (8 * (bytes - 1 - i)));
        }
    }
}
