package io.mempair.proxy.inspect;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Keys as an operator reads them. Pure. */
public final class KeyText {

    private static final int NO_ESCAPE = -1;

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private KeyText() {}

    /** The key itself; a byte that is no printable ASCII is {@code \xNN}. */
    public static String plain(byte[] bytes, int offset, int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = offset; i < offset + length; i++) {
            int letter = bytes[i] & 0xFF;
            if (letter > ' ' && letter < 0x7F && letter != '\\') {
                text.append((char) letter);
            } else {
                text.append(String.format("\\x%02x", letter));
            }
        }
        return text.toString();
    }

    /**
     * The bytes of a key as an operator writes it: what {@link #plain} has made, or any text, in UTF-8. A backslash that does not
     * begin a {@code \xNN} is itself.
     */
    public static byte[] read(String text) {
        byte[] written = text.getBytes(StandardCharsets.UTF_8);
        byte[] key = new byte[written.length];
        int length = 0;
        for (int i = 0; i < written.length; i++) {
            int escaped = i + 3 < written.length && written[i] == '\\' && written[i + 1] == 'x'
                    ? 16 * Character.digit(written[i + 2], 16) + Character.digit(written[i + 3], 16)
                    : NO_ESCAPE;
            boolean isEscape = escaped >= 0 && Character.digit(written[i + 3], 16) >= 0;
            key[length++] = isEscape ? (byte) escaped : written[i];
            i += isEscape ? 3 : 0;
        }
        return Arrays.copyOf(key, length);
    }

    /** {@code #} and sixteen digits, for keys that must not be seen: the same key always has the same. */
    public static String hashed(byte[] bytes, int offset, int length) {
        return String.format("#%016x", hash(bytes, offset, length));
    }

    /** The hash of a key in a text of an operator. */
    public static String hashed(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return hashed(bytes, 0, bytes.length);
    }

    /** FNV-1a, 64 bits; not for placement. */
    static long hash(byte[] bytes, int offset, int length) {
        long hash = FNV_OFFSET;
        for (int i = offset; i < offset + length; i++) {
            hash = (hash ^ (bytes[i] & 0xFF)) * FNV_PRIME;
        }
        return hash;
    }

    static byte[] copy(byte[] bytes, int offset, int length) {
        return Arrays.copyOfRange(bytes, offset, offset + length);
    }
}
