package io.mempair.proxy.hash;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** MurmurHash 3 for x86 in 32 bits. Without state. */
public final class Murmur3Hash implements KeyHash {

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int C1 = 0xCC9E_2D51;
    private static final int C2 = 0x1B87_3593;

    /** libmemcached's {@code murmur3} multiplies the length with this for its seed; the others have seed 0. */
    private static final int SEED_FACTOR_OF_LIBMEMCACHED = 0xDEAD_BEEF;

    private final int seedFactor;

    private Murmur3Hash(int seedFactor) {
        this.seedFactor = seedFactor;
    }

    /** With seed 0: pymemcache, folsom. */
    public static Murmur3Hash unseeded() {
        return new Murmur3Hash(0);
    }

    /** With the seed of libmemcached. */
    public static Murmur3Hash ofLibmemcached() {
        return new Murmur3Hash(SEED_FACTOR_OF_LIBMEMCACHED);
    }

    @Override
    public int pointOf(byte[] bytes, int offset, int length) {
        int hash = seedFactor * length;
        int at = offset;
        int end = offset + length;
        for (; at + 4 <= end; at += 4) {
            hash ^= scrambled((int) INTS.get(bytes, at));
            hash = Integer.rotateLeft(hash, 13) * 5 + 0xE654_6B64;
        }
        int rest = 0;
        for (int i = end - 1; i >= at; i--) {
            rest = (rest << 8) | (bytes[i] & 0xFF);
        }
        hash ^= scrambled(rest) ^ length;
        hash = (hash ^ (hash >>> 16)) * 0x85EB_CA6B;
        hash = (hash ^ (hash >>> 13)) * 0xC2B2_AE35;
        return hash ^ (hash >>> 16);
    }

    private static int scrambled(int block) {
        return Integer.rotateLeft(block * C1, 15) * C2;
    }
}
