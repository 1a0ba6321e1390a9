package io.mempair.ha.group;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What every message of the channel begins with, and how its bytes are checked. Stateless; any thread.
 *
 * <pre>
 * version(1) kind(1) fromLength(1) from(fromLength, ASCII)
 * </pre>
 */
final class MessageFrame {

    /** Rises with every change of the layout; other versions are rejected. */
    static final byte VERSION = 2;

    /** Bytes; the longest name a configuration allows. */
    private static final int MAX_NAME_BYTES = 63;

    private MessageFrame() {}

    /** Reads what follows the head. */
    interface Body<T> {

        /**
         * Reads it.
         *
         * @return the message, or null if it is invalid or of an unknown kind
         * @throws BufferUnderflowException if it is too short
         */
        @Nullable
        T read(byte kind, String from, ByteBuffer in);
    }

    /** Writes the head. */
    static void begin(ByteBuffer out, byte kind, String sender) {
        byte[] from = sender.getBytes(StandardCharsets.US_ASCII);
        if (from.length < 1 || from.length > MAX_NAME_BYTES) {
            throw new IllegalArgumentException("name: " + from.length + " bytes (expected: 1.." + MAX_NAME_BYTES + ')');
        }
        out.put(VERSION).put(kind).put((byte) from.length).put(from);
    }

    /** The bytes written so far. */
    static byte[] written(ByteBuffer out) {
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    /** Decodes a message, behind which more may follow; empty if the bytes are invalid, or of another version or kind. */
    static <T> Optional<T> decode(byte[] bytes, int offset, int length, int maxBytes, Body<T> body) {
        if (length > maxBytes) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
        try {
            if (in.get() != VERSION) {
                return Optional.empty();
            }
            byte kind = in.get();
            String from = name(in);
            return from == null ? Optional.empty() : Optional.ofNullable(body.read(kind, from, in));
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    /** As {@link #decode}, of a message with exactly this length. */
    static <T> Optional<T> decodeExactly(byte[] bytes, int offset, int length, int maxBytes, Body<T> body) {
        return decode(bytes, offset, length, maxBytes, (kind, from, in) -> {
            T message = body.read(kind, from, in);
            return in.hasRemaining() ? null : message;
        });
    }

    /** Reads the name of the sender; null if it is invalid. */
    private static @Nullable String name(ByteBuffer in) {
        int length = in.get() & 0xFF;
        if (length < 1 || length > MAX_NAME_BYTES || length > in.remaining()) {
            return null;
        }
        byte[] name = new byte[length];
        in.get(name);
        for (byte letter : name) {
            if (letter <= ' ' || letter == 127) {
                return null;
            }
        }
        return new String(name, StandardCharsets.US_ASCII);
    }
}
