package io.mempair.proxy.hash;

/**
 * magent's hash for modulo placement: h = 5381, then h * 33 + c for each char, which is signed there,
 * in 32 bits; at the end the top bit is cleared. Without state.
 */
public final class MagentHash implements KeyHash {

    private static final int SEED = 5_381;

    private static final int FACTOR = 33;
    private static final int FACTOR_2 = FACTOR * FACTOR;
    private static final int FACTOR_3 = FACTOR_2 * FACTOR;
    private static final int FACTOR_4 = FACTOR_3 * FACTOR;

    @Override
    public int pointOf(byte[] bytes, int offset, int length) {
        int hash = SEED;
        int i = offset;
        int end = offset + length;
        // four steps at once: one multiplication waits for the one before, and keys are hashed for every request
        for (; i + 4 <= end; i += 4) {
            hash = hash * FACTOR_4
                    + bytes[i] * FACTOR_3
                    + bytes[i + 1] * FACTOR_2
                    + bytes[i + 2] * FACTOR
                    + bytes[i + 3];
        }
        for (; i < end; i++) {
            hash = hash * FACTOR + bytes[i];
        }
        return hash & 0x7FFF_FFFF;
    }
}
