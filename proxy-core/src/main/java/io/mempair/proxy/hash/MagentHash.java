package io.mempair.proxy.hash;

/**
 * magent's hash for modulo placement: h = 5381, then h * 33 + c for each char, which is signed there,
 * in 32 bits; at the end the top bit is cleared. Without state.
 */
public final class MagentHash implements KeyHash {

    private static final int SEED = 5_381;

    @Override
    public int pointOf(byte[] bytes, int offset, int length) {
        int hash = SEED;
        for (int i = offset, end = offset + length; i < end; i++) {
            hash = hash * 33 + bytes[i];
        }
        return hash & 0x7FFF_FFFF;
    }
}
