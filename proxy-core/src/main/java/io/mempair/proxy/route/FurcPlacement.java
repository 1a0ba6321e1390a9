package io.mempair.proxy.route;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * mcrouter's {@code Ch3}: bits of MurmurHash64A of the key walk down a tree of the servers, so that another server at the end
 * takes its share of keys from all and moves no others. By number, so order counts and names do not. Without state.
 *
 * @param servers  how many there are, at least one
 */
record FurcPlacement(int servers) implements Placement {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long M = 0xC6A4_A793_5BD1_E995L;
    private static final int R = 47;
    private static final long SEED = 4_193_360_111L;
    /** The seed for a text of eight bytes. */
    private static final long SEED_OF_WORD = SEED ^ (M << 3);

    private static final int MAX_TRIES = 32;

    /** How far apart the bits of one try are. */
    private static final int SHIFT = 23;

    @Override
    public int serverOf(byte[] bytes, int keyOffset, int keyLength) {
        if (servers <= 1) {
            return 0;
        }
        var bits = new Bits(hash(bytes, keyOffset, keyLength));
        int depth = Integer.SIZE - Integer.numberOfLeadingZeros(servers - 1);
        int at = depth;
        for (int attempt = 0; attempt < MAX_TRIES; attempt++) {
            while (bits.at(at) == 0) {
                depth--;
                if (depth == 0) {
                    return 0;
                }
                at = depth;
            }
            at += SHIFT;
            int number = 1;
            for (int i = 0; i < depth - 1; i++) {
                number = (number << 1) | bits.at(at);
                at += SHIFT;
            }
            if (number < servers) {
                return number;
            }
        }
        return 0;
    }

    /** An endless row of bits: those of the hash, of the hash of the hash, and so on. */
    private static final class Bits {
        private final long first;
        private long word;
        private int ordinal;

        Bits(long first) {
            this.first = first;
            word = first;
        }

        int at(int index) {
            int wanted = index >>> 6;
            if (wanted < ordinal) {
                word = first;
                ordinal = 0;
            }
            for (; ordinal < wanted; ordinal++) {
                word = rehash(word);
            }
            return (int) (word >>> (index & 63)) & 1;
        }
    }

    static long hash(byte[] bytes, int offset, int length) {
        long hash = SEED ^ (length * M);
        int at = offset;
        int end = offset + length;
        for (; at + 8 <= end; at += 8) {
            hash = (hash ^ mixed((long) LONGS.get(bytes, at))) * M;
        }
        if (at < end) {
            long rest = 0;
            for (int i = end - 1; i >= at; i--) {
                rest = (rest << 8) | (bytes[i] & 0xFF);
            }
            hash = (hash ^ rest) * M;
        }
        return finished(hash);
    }

    private static long rehash(long word) {
        return finished((SEED_OF_WORD ^ mixed(word)) * M);
    }

    private static long mixed(long block) {
        long k = block * M;
        return (k ^ (k >>> R)) * M;
    }

    private static long finished(long hash) {
        long end = (hash ^ (hash >>> R)) * M;
        return end ^ (end >>> R);
    }
}
