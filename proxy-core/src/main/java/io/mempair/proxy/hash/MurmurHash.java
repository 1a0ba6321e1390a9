package io.mempair.proxy.hash;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** MurmurHash 2 with the seed of libmemcached and twemproxy, which depends on the length. Without state. */
public final class MurmurHash implements KeyHash {

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int M = 0x5BD1_E995;
    private static final int R = 24;
    private static final int SEED_FACTOR = 0xDEAD_BEEF;

    @Override
    public int pointOf(byte[] bytes, int offset, int length) {
        int hash = (SEED_FACTOR * length) ^ length;
        int at = offset;
        int end = offset + length;
        for (; at + 4 <= end; at += 4) {
            int k = (int) INTS.get(bytes, at) * M;
            k ^= k >>> R;
            hash = (hash * M) ^ (k * M);
        }
        if (at < end) {
            int rest = 0;
            for (int i = end - 1; i >= at; i--) {
                rest = (rest << 8) | (bytes[i] & 0xFF);
            }
            hash = (hash ^ rest) * M;
        }
        hash ^= hash >>> 13;
        hash *= M;
        return hash ^ (hash >>> 15);
    }
}
