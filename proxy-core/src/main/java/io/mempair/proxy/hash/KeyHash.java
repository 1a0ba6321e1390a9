package io.mempair.proxy.hash;

/** Turns a key into a point of a ring. An instance may keep scratch space: one event loop each. */
public interface KeyHash {

    /** The point of {@code bytes[offset, offset + length)}, an unsigned 32-bit number in an int. */
    int pointOf(byte[] bytes, int offset, int length);
}
