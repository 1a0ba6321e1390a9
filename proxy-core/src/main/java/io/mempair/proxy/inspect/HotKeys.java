package io.mempair.proxy.inspect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the keys that are asked for most in a stream, in a fixed amount of memory: Space-Saving (Metwally, Agrawal, El Abbadi
 * 2005). A key that is in no place takes that of the least counted one together with its count, which is kept as its possible error. So
 * a count is never too low, and too high by at most its error; a key whose true share is over 1/{@code places} of the stream
 * is always there.
 *
 * <p>The first {@link #EXACT} requests are counted one by one, so that a quiet proxy shows what there is. After them only one of
 * {@link #EVERY} on average is counted, for as many, with a random distance, so that no pattern of the clients falls into step. Nothing is allocated after construction. Pure; one thread.
 */
public final class HotKeys {

    /** Requests a counted one stands for, after the first {@link #EXACT}. */
    static final int EVERY = 64;

    /** Counting so many, once for each look, is nothing that a client could feel. */
    static final int EXACT = 1_024;

    /** Of one loop; a look over all of them is a few cache lines. */
    public static final int PLACES = 256;

    /** Bytes; memcached's own limit. */
    private static final int MAX_KEY_BYTES = 250;

    private final long[] hashes;
    private final long[] counts;
    private final long[] errors;
    private final byte[][] keys;
    private final short[] lengths;
    private final int every;
    private long random;
    private int used;
    private int exactLeft;
    private int untilNext;
    private long counted;

    /** As loops use it. */
    public HotKeys(long seed) {
        this(PLACES, EXACT, EVERY, seed);
    }

    HotKeys(int places, int exact, int every, long seed) {
        this.hashes = new long[places];
        this.counts = new long[places];
        this.errors = new long[places];
        this.keys = new byte[places][MAX_KEY_BYTES];
        this.lengths = new short[places];
        this.exactLeft = exact;
        this.every = every;
        this.random = seed == 0 ? 1 : seed;
        this.untilNext = distance();
    }

    /** One request; whether it is counted is decided here. */
    public void seen(byte[] bytes, int offset, int length) {
        int weight = 0;
        if (exactLeft > 0) {
            exactLeft--;
            weight = 1;
        } else if (--untilNext <= 0) {
            untilNext = distance();
            weight = every;
        }
        if (weight > 0 && length <= MAX_KEY_BYTES) {
            count(bytes, offset, length, weight);
        }
    }

    /** From 1 to {@code 2 * every - 1}, each as likely as the others: xorshift64. */
    private int distance() {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return 1 + (int) Long.remainderUnsigned(random, 2L * every - 1);
    }

    private void count(byte[] bytes, int offset, int length, int weight) {
        counted += weight;
        long hash = KeyText.hash(bytes, offset, length);
        int least = 0;
        for (int place = 0; place < used; place++) {
            if (hashes[place] == hash
                    && Arrays.equals(keys[place], 0, lengths[place], bytes, offset, offset + length)) {
                counts[place] += weight;
                return;
            }
            if (counts[place] < counts[least]) {
                least = place;
            }
        }
        if (used < hashes.length) {
            put(used++, hash, bytes, offset, length, 0, weight);
        } else {
            put(least, hash, bytes, offset, length, counts[least], weight);
        }
    }

    private void put(int place, long hash, byte[] bytes, int offset, int length, long error, int weight) {
        hashes[place] = hash;
        counts[place] = error + weight;
        errors[place] = error;
        lengths[place] = (short) length;
        System.arraycopy(bytes, offset, keys[place], 0, length);
    }

    /** How many requests there were, by what was counted. */
    public long counted() {
        return counted;
    }

    /** All there are, the most counted first. */
    public List<HotKey> keys() {
        List<HotKey> all = new ArrayList<>(used);
        for (int place = 0; place < used; place++) {
            all.add(new HotKey(KeyText.copy(keys[place], 0, lengths[place]), counts[place], errors[place]));
        }
        all.sort(Comparator.comparingLong(HotKey::count).reversed());
        return all;
    }
}
