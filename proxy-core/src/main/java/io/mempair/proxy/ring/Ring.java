package io.mempair.proxy.ring;

/** Maps a point to a server of one tier. Immutable: it does not change when a server is down. */
public interface Ring {

    /** Index of the server that owns {@code point}, an unsigned 32-bit number. */
    int serverOf(int point);
}
