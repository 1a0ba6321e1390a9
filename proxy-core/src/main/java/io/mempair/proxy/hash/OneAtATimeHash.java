package io.mempair.proxy.hash;

/**
 * Bob Jenkins' one-at-a-time hash as libmemcached and twemproxy compute it on x86: a byte over 127 counts as negative, because
 * {@code char} is signed there. Without state.
 */
public final class OneAtATimeHash implements KeyHash {

    @Override
    public int pointOf(byte[] bytes, int offset, int length) {
        int hash = 0;
        for (int i = offset; i < offset + length; i++) {
            hash += bytes[i];
            hash += hash << 10;
            hash ^= hash >>> 6;
        }
        hash += hash << 3;
        hash ^= hash >>> 11;
        hash += hash << 15;
        return hash;
    }
}
