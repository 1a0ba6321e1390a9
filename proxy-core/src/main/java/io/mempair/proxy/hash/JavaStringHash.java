package io.mempair.proxy.hash;

import java.nio.charset.StandardCharsets;

/** {@code String.hashCode} of the key's text in UTF-8: spymemcached and xmemcached unless told otherwise, and memjs. Without state. */
public enum JavaStringHash implements KeyHash {
    /** As it is. */
    PLAIN,

    /** memjs takes the amount of a negative number. */
    WITHOUT_SIGN;

    private static final int FACTOR = 31;

    @Override
    public int pointOf(byte[] bytes, int offset, int length) {
        int hash = 0;
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] < 0) {
                // a character of several bytes; rare in keys
                hash = new String(bytes, offset, length, StandardCharsets.UTF_8).hashCode();
                break;
            }
            hash = hash * FACTOR + bytes[i];
        }
        // the one number without a positive is right as it is: points are unsigned
        return this == WITHOUT_SIGN ? Math.abs(hash) : hash;
    }
}
