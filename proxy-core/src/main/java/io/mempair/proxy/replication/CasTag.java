package io.mempair.proxy.replication;

import org.jspecify.annotations.Nullable;

/**
 * Ids of two servers are never mixed up: each counts its items' ids from 1, so an id one of them gave may by chance be the
 * id of another value at the other. What a client is given carries the tag of the process that gave it, in the upper bits;
 * one that comes back with another tag is no id of the server that is to compare it, and the answer is {@code EXISTS}.
 */
public final class CasTag {

    /** Bits of a tag. */
    public static final int BITS = 18;

    /** Bits of an id as servers count; 17 million million writes. */
    private static final int ID_BITS = 44;

    private static final long ID_MASK = (1L << ID_BITS) - 1;

    /** Never given by a server to an item a client can see, so it matches none. */
    public static final long NO_ID = 0;

    private CasTag() {}

    /** The tag of a process; never 0, so that a tagged id is no server's own. */
    static int of(String address, @Nullable Identity identity) {
        long mixed = address.hashCode();
        if (identity != null) {
            mixed = (mixed * 0x9E3779B97F4A7C15L + identity.pid()) * 0x9E3779B97F4A7C15L + identity.startedSeconds();
        }
        mixed = (mixed ^ (mixed >>> 32)) * 0x9E3779B97F4A7C15L;
        int tag = (int) (mixed >>> (64 - BITS));
        return tag == 0 ? 1 : tag;
    }

    /** The id for a client of the id a server gave; top two bits clear, so that signed and floating types hold it too. */
    public static long tagged(int tag, long id) {
        return (long) tag << ID_BITS | (id & ID_MASK);
    }

    /** The server's id of one that a client brings, or {@link #NO_ID} if it was given by another process. */
    public static long untagged(int tag, long id) {
        return id >>> ID_BITS == tag ? id & ID_MASK : NO_ID;
    }
}
