package io.mempair.proxy.protocol;

/** The limits of the memcached protocols. Source: memcached doc/protocol.txt and memcached.h. */
public final class ProtocolLimits {

    /** Bytes; memcached's KEY_MAX_LENGTH, protocol.txt "Keys". */
    public static final int MAX_KEY_BYTES = 250;

    /** Bytes without a line end after which memcached closes the connection, unless they begin a get or gets. */
    public static final int MAX_LINE_BYTES = 2_048;

    /** Bytes of one get or gets line. memcached has no limit; without one a client could fill our memory. */
    public static final int MAX_RETRIEVAL_LINE_BYTES = 1 << 20;

    /** Bytes of one line from a server; the longest is VALUE with key and three 20-digit numbers. */
    public static final int MAX_REPLY_LINE_BYTES = 2_048;

    /** Bytes; a data block can be no longer (INT_MAX - 2, memcached's own check). */
    public static final int MAX_DATA_BYTES = Integer.MAX_VALUE - 2;

    private ProtocolLimits() {}
}
