package io.mempair.proxy.hash;

/**
 * The four forms of Fowler, Noll and Vo's hash that libmemcached and twemproxy have, with their peculiarities: a byte over 127
 * counts as negative, as {@code char} does on x86, and of 64 bits only the low 32 are kept. Without state.
 */
public enum FnvHash implements KeyHash {
    /** 32 bits, multiply first. */
    FNV1_32 {
        @Override
        public int pointOf(byte[] bytes, int offset, int length) {
            int hash = INIT_32;
            for (int i = offset; i < offset + length; i++) {
                hash = (hash * PRIME_32) ^ bytes[i];
            }
            return hash;
        }
    },

    /** 32 bits, mix first; PECL memcache has it too. */
    FNV1A_32 {
        @Override
        public int pointOf(byte[] bytes, int offset, int length) {
            int hash = INIT_32;
            for (int i = offset; i < offset + length; i++) {
                hash = (hash ^ bytes[i]) * PRIME_32;
            }
            return hash;
        }
    },

    /** 64 bits, multiply first. The upper bits never reach the lower ones, so 32 suffice. */
    FNV1_64 {
        @Override
        public int pointOf(byte[] bytes, int offset, int length) {
            int hash = INIT_64;
            for (int i = offset; i < offset + length; i++) {
                hash = (hash * PRIME_64) ^ bytes[i];
            }
            return hash;
        }
    },

    /** 64 bits, mix first, which both compute in 32. */
    FNV1A_64 {
        @Override
        public int pointOf(byte[] bytes, int offset, int length) {
            int hash = INIT_64;
            for (int i = offset; i < offset + length; i++) {
                hash = (hash ^ bytes[i]) * PRIME_64;
            }
            return hash;
        }
    };

    private static final int INIT_32 = 0x811C_9DC5;
    private static final int PRIME_32 = 0x0100_0193;

    /** The low halves of the 64-bit constants. */
    private static final int INIT_64 = 0x8422_2325;

    private static final int PRIME_64 = 0x0000_01B3;
}
