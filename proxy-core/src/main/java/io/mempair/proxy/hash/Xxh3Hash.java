package io.mempair.proxy.hash;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * XXH3 in 64 bits without a seed, which memcached's own proxy has; a point of a ring is its lower half. Written after the
 * specification of xxHash, whose names the constants have. Without state.
 */
public final class Xxh3Hash implements KeyHash {

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long PRIME32_1 = 0x9E37_79B1L;
    private static final long PRIME32_2 = 0x85EB_CA77L;
    private static final long PRIME32_3 = 0xC2B2_AE3DL;
    private static final long PRIME64_1 = 0x9E37_79B1_85EB_CA87L;
    private static final long PRIME64_2 = 0xC2B2_AE3D_27D4_EB4FL;
    private static final long PRIME64_3 = 0x1656_67B1_9E37_79F9L;
    private static final long PRIME64_4 = 0x85EB_CA77_C2B2_AE63L;
    private static final long PRIME64_5 = 0x27D4_EB2F_1656_67C5L;
    private static final long PRIME_MX1 = 0x1656_6791_9E37_79F9L;
    private static final long PRIME_MX2 = 0x9FB2_1C65_1E98_DF25L;

    /** The default secret of the specification. */
    private static final byte[] SECRET = HexFormat.of()
            .parseHex("b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f"
                    + "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
                    + "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
                    + "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364"
                    + "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e"
                    + "2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e");

    private static final int STRIPE_BYTES = 64;
    private static final int STRIPES_PER_BLOCK = (SECRET.length - STRIPE_BYTES) / 8;
    private static final int BLOCK_BYTES = STRIPE_BYTES * STRIPES_PER_BLOCK;

    /** Where in the secret a step of the long form reads. */
    private static final int SCRAMBLE_AT = SECRET.length - STRIPE_BYTES;

    private static final int LAST_STRIPE_AT = SECRET.length - STRIPE_BYTES - 7;
    private static final int MERGE_AT = 11;

    /** Bytes; longer input has the long form. */
    private static final int MAX_MIDDLE_BYTES = 240;

    @Override
    public int pointOf(byte[] bytes, int offset, int length) {
        return (int) hash(bytes, offset, length);
    }

    /** All 64 bits. */
    public static long hash(byte[] bytes, int offset, int length) {
        if (length <= 16) {
            return length > 8
                    ? upTo16(bytes, offset, length)
                    : length > 3 ? upTo8(bytes, offset, length) : upTo3(bytes, offset, length);
        }
        if (length <= 128) {
            return upTo128(bytes, offset, length);
        }
        return length <= MAX_MIDDLE_BYTES ? upTo240(bytes, offset, length) : longer(bytes, offset, length);
    }

    private static long upTo3(byte[] in, int at, int length) {
        if (length == 0) {
            return avalancheOf64(secret(56) ^ secret(64));
        }
        int first = in[at] & 0xFF;
        int middle = in[at + (length >> 1)] & 0xFF;
        int last = in[at + length - 1] & 0xFF;
        int combined = (first << 16) | (middle << 24) | last | (length << 8);
        int flip = (int) INTS.get(SECRET, 0) ^ (int) INTS.get(SECRET, 4);
        return avalancheOf64(Integer.toUnsignedLong(combined ^ flip));
    }

    private static long upTo8(byte[] in, int at, int length) {
        long first = Integer.toUnsignedLong((int) INTS.get(in, at));
        long last = Integer.toUnsignedLong((int) INTS.get(in, at + length - 4));
        long hash = (last + (first << 32)) ^ secret(8) ^ secret(16);
        hash ^= Long.rotateLeft(hash, 49) ^ Long.rotateLeft(hash, 24);
        hash *= PRIME_MX2;
        hash ^= (hash >>> 35) + length;
        hash *= PRIME_MX2;
        return hash ^ (hash >>> 28);
    }

    private static long upTo16(byte[] in, int at, int length) {
        long low = (long) LONGS.get(in, at) ^ secret(24) ^ secret(32);
        long high = (long) LONGS.get(in, at + length - 8) ^ secret(40) ^ secret(48);
        return avalanche(length + Long.reverseBytes(low) + high + folded(low, high));
    }

    private static long upTo128(byte[] in, int at, int length) {
        long sum = length * PRIME64_1;
        for (int i = (length - 1) / 32; i >= 0; i--) {
            sum += mixed(in, at + 16 * i, 32 * i);
            sum += mixed(in, at + length - 16 * (i + 1), 32 * i + 16);
        }
        return avalanche(sum);
    }

    private static long upTo240(byte[] in, int at, int length) {
        long sum = length * PRIME64_1;
        for (int i = 0; i < 8; i++) {
            sum += mixed(in, at + 16 * i, 16 * i);
        }
        sum = avalanche(sum);
        for (int i = 8; i < length / 16; i++) {
            sum += mixed(in, at + 16 * i, 16 * (i - 8) + 3);
        }
        return avalanche(sum + mixed(in, at + length - 16, 136 - 17));
    }

    private static long longer(byte[] in, int at, int length) {
        long[] sums = {
            PRIME32_3, PRIME64_1, PRIME64_2, PRIME64_3, PRIME64_4, PRIME32_2, PRIME64_5, PRIME32_1,
        };
        int blocks = (length - 1) / BLOCK_BYTES;
        for (int block = 0; block < blocks; block++) {
            addStripes(sums, in, at + block * BLOCK_BYTES, STRIPES_PER_BLOCK);
            scramble(sums);
        }
        int rest = blocks * BLOCK_BYTES;
        addStripes(sums, in, at + rest, (length - 1 - rest) / STRIPE_BYTES);
        addStripe(sums, in, at + length - STRIPE_BYTES, LAST_STRIPE_AT);
        long hash = length * PRIME64_1;
        for (int i = 0; i < 4; i++) {
            hash += folded(sums[2 * i] ^ secret(MERGE_AT + 16 * i), sums[2 * i + 1] ^ secret(MERGE_AT + 16 * i + 8));
        }
        return avalanche(hash);
    }

    private static void addStripes(long[] sums, byte[] in, int at, int stripes) {
        for (int stripe = 0; stripe < stripes; stripe++) {
            addStripe(sums, in, at + stripe * STRIPE_BYTES, 8 * stripe);
        }
    }

    private static void addStripe(long[] sums, byte[] in, int at, int secretAt) {
        for (int i = 0; i < sums.length; i++) {
            long value = (long) LONGS.get(in, at + 8 * i);
            long keyed = value ^ secret(secretAt + 8 * i);
            sums[i ^ 1] += value;
            sums[i] += (keyed & 0xFFFF_FFFFL) * (keyed >>> 32);
        }
    }

    private static void scramble(long[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] = (sums[i] ^ (sums[i] >>> 47) ^ secret(SCRAMBLE_AT + 8 * i)) * PRIME32_1;
        }
    }

    private static long mixed(byte[] in, int at, int secretAt) {
        return folded((long) LONGS.get(in, at) ^ secret(secretAt), (long) LONGS.get(in, at + 8) ^ secret(secretAt + 8));
    }

    /** The upper and the lower half of the 128 bits of the product, as unsigned numbers. */
    private static long folded(long a, long b) {
        long high = Math.multiplyHigh(a, b) + ((a >> 63) & b) + ((b >> 63) & a);
        return high ^ (a * b);
    }

    private static long avalanche(long hash) {
        long mixed = (hash ^ (hash >>> 37)) * PRIME_MX1;
        return mixed ^ (mixed >>> 32);
    }

    private static long avalancheOf64(long hash) {
        long once = (hash ^ (hash >>> 33)) * PRIME64_2;
        long twice = (once ^ (once >>> 29)) * PRIME64_3;
        return twice ^ (twice >>> 32);
    }

    private static long secret(int at) {
        return (long) LONGS.get(SECRET, at);
    }
}
