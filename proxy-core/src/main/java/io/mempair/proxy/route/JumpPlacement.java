package io.mempair.proxy.route;

import io.mempair.proxy.hash.Xxh3Hash;

/**
 * memcached's own proxy: XXH3 of the key begins a row of pseudo-random jumps over the servers' numbers, and the last one that
 * does not go past the end is the key's (Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm"). Another server
 * at the end takes its share of keys from all and moves no others. By number, so order counts and names do not. Without state.
 *
 * @param servers  how many there are, at least one
 */
record JumpPlacement(int servers) implements Placement {

    private static final long MULTIPLIER = 2_862_933_555_777_941_757L;

    private static final double RANGE = 0x1p31;

    @Override
    public int serverOf(byte[] bytes, int keyOffset, int keyLength) {
        long state = Xxh3Hash.hash(bytes, keyOffset, keyLength);
        long next = 0;
        long last = 0;
        while (next < servers) {
            last = next;
            state = state * MULTIPLIER + 1;
            next = (long) ((double) (last + 1) * (RANGE / (double) ((state >>> 33) + 1)));
        }
        return (int) last;
    }
}
