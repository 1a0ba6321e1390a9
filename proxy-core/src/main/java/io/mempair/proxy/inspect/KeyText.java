package io.mempair.proxy.inspect;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Keys as an operator reads them. Pure. */
public final class KeyText {

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
