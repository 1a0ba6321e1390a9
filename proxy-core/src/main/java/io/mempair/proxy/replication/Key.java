package io.mempair.proxy.replication;

import java.util.Arrays;

/** A key as the servers store it. Owns its bytes; immutable. */
public final class Key {

    private final byte[] bytes;
    private final int hash;

    private Key(byte[] bytes) {
        this.bytes = bytes;
        this.hash = hash(bytes, 0, bytes.length);
    }

    /** A copy of {@code bytes[offset, offset + length)}. */
    public static Key of(byte[] bytes, int offset, int length) {
        return new Key(Arrays.copyOfRange(bytes, offset, offset + length));
    }

    /** The hash of a key without creating it: FNV-1a, high bits folded into the low ones. */
    static int hash(byte[] bytes, int offset, int length) {
        int hash = 0x811C9DC5;
        for (int i = offset; i < offset + length; i++) {
            hash = (hash ^ (bytes[i] & 0xFF)) * 0x01000193;
        }
        return hash ^ (hash >>> 15);
    }

    /** The bytes; callers must not change them. */
    public byte[] bytes() {
        return bytes;
    }

    /** The stripe that orders its writes. */
    public int stripe() {
        return hash & (Stripes.COUNT - 1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Key key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
