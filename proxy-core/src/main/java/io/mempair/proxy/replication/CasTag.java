package io.mempair.proxy.replication;

import org.jspecify.annotations.Nullable;

/**
 * Ids of two servers are never mixed up: each counts its items' ids from 1, so an id one of them gave may by chance be the
 * id of another value at the other. Which kind an id is, is to be seen from the number itself, so that one of one kind is
 * never taken for one of another, whatever the servers understand and whatever they are replaced by:
 *
 * <pre>
 *   below 2^44     counted by a server; a client never sees it
 *   2^61 .. 2^62   what the client sees of that: with the tag of the process that counted, in the bits above 2^44
 *   2^62 .. 2^63   made by an {@link IdClock} and given to both copies of an item: the same everywhere
 *   all others     chosen by a client, with the meta flag E: passed on as they are
 * </pre>
 */
public final class CasTag {

    /** Bits of a tag; the upper one is always set, which makes 2^61 the least tagged id. */
    public static final int BITS = 18;

    /** Bits of an id as servers count; 17 million million writes. */
    private static final int COUNTED_BITS = 44;

    private static final long COUNTED_MASK = (1L << COUNTED_BITS) - 1;

    private static final int TAG_MARK = 1 << (BITS - 1);

    /** The bit above those of a tag, and no bit above that: of a signed number, too, it is the highest. */
    static final long MADE_MARK = 1L << (COUNTED_BITS + BITS);

    /** Given by nobody, so it matches no item. Not zero: that is taken for no condition at all by {@code ma} and appending {@code ms}. */
    public static final long NO_ID = -1;

    private CasTag() {}

    /** The tag of a process. */
    static int of(String address, @Nullable ServerIdentity identity) {
        long mixed = address.hashCode();
        if (identity != null) {
            mixed = (mixed * 0x9E3779B97F4A7C15L + identity.pid()) * 0x9E3779B97F4A7C15L + identity.startedSeconds();
        }
        mixed = (mixed ^ (mixed >>> 32)) * 0x9E3779B97F4A7C15L;
        return TAG_MARK | (int) (mixed >>> (64 - BITS));
    }

    /** The id for a client of the one an item has at the server with that tag; both unsigned. */
    public static long told(int tag, long id) {
        if (id >>> COUNTED_BITS == 0) {
            return (long) tag << COUNTED_BITS | id;
        }
        return isTagged(id) ? NO_ID : id;
    }

    /**
     * The id an item must have at the server with that tag to be the one a client means; {@link #NO_ID} if the client's was
     * counted by another process, or by a server and not seen through a proxy.
     */
    public static long meant(int tag, long id) {
        if (isTagged(id)) {
            return id >>> COUNTED_BITS == tag ? id & COUNTED_MASK : NO_ID;
        }
        return id >>> COUNTED_BITS == 0 ? NO_ID : id;
    }

    /** Whether a copy of the item at another server may have the same id: no server counts so far. */
    public static boolean isShared(long id) {
        return id >>> COUNTED_BITS != 0 && !isTagged(id);
    }

    private static boolean isTagged(long id) {
        return id >>> (COUNTED_BITS + BITS - 1) == 1;
    }
}
