package io.mempair.proxy.replication;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the cas ids of two servers apart. Each server counts its ids from 1, so the same id may belong to different
 * values on the two servers. The range of a number tells which kind of id it is, so no kind is mistaken for another,
 * whatever version the servers are:
 *
 * <pre>
 *   below 2^44     counted by a server; a client never sees it
 *   2^61 .. 2^62   the same as clients see it: with the tag of the server process in the bits above 2^44
 *   2^62 .. 2^63   made by an {@link IdClock} and given to both copies of an item
 *   all others     chosen by a client, with the meta flag E; forwarded unchanged
 * </pre>
 */
public final class CasTag {

    /** Bits of a tag; the top bit is always set, so 2^61 is the lowest tagged id. */
    public static final int BITS = 18;

    /** Bits of a server's own id: 1.7e13 writes. */
    private static final int COUNTED_BITS = 44;

    private static final long COUNTED_MASK = (1L << COUNTED_BITS) - 1;

    private static final int TAG_MARK = 1 << (BITS - 1);

    /** The bit above a tag. The sign bit stays clear, so such an id is the highest as a signed number too. */
    static final long MADE_MARK = 1L << (COUNTED_BITS + BITS);

    /** No item has this id. Not zero, which {@code ma} and an appending {@code ms} treat as no condition. */
    public static final long NO_ID = -1;

    private CasTag() {}

    /** The tag of a server process. */
    static int of(String address, @Nullable ServerIdentity identity) {
        long mixed = address.hashCode();
        if (identity != null) {
            mixed = (mixed * 0x9E3779B97F4A7C15L + identity.pid()) * 0x9E3779B97F4A7C15L + identity.startedSeconds();
        }
        mixed = (mixed ^ (mixed >>> 32)) * 0x9E3779B97F4A7C15L;
        return TAG_MARK | (int) (mixed >>> (64 - BITS));
    }

    /** The id a client sees for {@code id} of the server with that tag; both unsigned. */
    public static long forClient(int tag, long id) {
        if (id >>> COUNTED_BITS == 0) {
            return (long) tag << COUNTED_BITS | id;
        }
        return isTagged(id) ? NO_ID : id;
    }

    /**
     * The id to send to the server with that tag for a client's {@code id}. {@link #NO_ID} if another process counted
     * the client's id, or if it is a server's own id that no proxy gave out.
     */
    public static long forServer(int tag, long id) {
        if (isTagged(id)) {
            return id >>> COUNTED_BITS == tag ? id & COUNTED_MASK : NO_ID;
        }
        return id >>> COUNTED_BITS == 0 ? NO_ID : id;
    }

    /** Whether both copies of the item may have this id: no server counts that high. */
    public static boolean isShared(long id) {
        return id >>> COUNTED_BITS != 0 && !isTagged(id);
    }

    /** Whether it may be an id as a server counts them. */
    static boolean isCounted(long id) {
        return id >>> COUNTED_BITS == 0;
    }

    private static boolean isTagged(long id) {
        return id >>> (COUNTED_BITS + BITS - 1) == 1;
    }
}
