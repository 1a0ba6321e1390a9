package io.mempair.proxy.replication;

/**
 * Remembers recently handled keys in a small fixed table: a key is forgotten when another one takes its slot. Confined
 * to one loop.
 */
public final class RecentKeys {

    /** Power of two. */
    private static final int SIZE = 8_192;

    private final long[] entries = new long[SIZE];

    /**
     * Remembers a key.
     *
     * @param occasion  distinguishes independent uses of the same key
     * @return whether it was not remembered before
     */
    public boolean add(Key key, int occasion) {
        int hash = key.hashCode();
        long entry = (long) occasion << 32 | (hash & 0xFFFF_FFFFL);
        int at = hash & (SIZE - 1);
        boolean unknown = entries[at] != entry;
        entries[at] = entry;
        return unknown;
    }
}
