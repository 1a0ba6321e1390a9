package io.mempair.proxy.hash;

/** Bob Jenkins' lookup3 with initial value 13, as libmemcached and twemproxy have it. Without state. */
public final class JenkinsHash implements KeyHash {

    private static final int START = 0xDEAD_BEEF + 13;
    private static final int BLOCK = 12;

    @Override
    public int pointOf(byte[] bytes, int offset, int length) {
        int a = START + length;
        int b = a;
        int c = a;
        int at = offset;
        int left = length;
        for (; left > BLOCK; left -= BLOCK, at += BLOCK) {
            a += intAt(bytes, at, 4);
            b += intAt(bytes, at + 4, 4);
            c += intAt(bytes, at + 8, 4);
            a = (a - c) ^ Integer.rotateLeft(c, 4);
            c += b;
            b = (b - a) ^ Integer.rotateLeft(a, 6);
            a += c;
            c = (c - b) ^ Integer.rotateLeft(b, 8);
            b += a;
            a = (a - c) ^ Integer.rotateLeft(c, 16);
            c += b;
            b = (b - a) ^ Integer.rotateLeft(a, 19);
            a += c;
            c = (c - b) ^ Integer.rotateLeft(b, 4);
            b += a;
        }
        if (left == 0) {
            return c;
        }
        a += intAt(bytes, at, Math.min(left, 4));
        b += intAt(bytes, at + 4, Math.min(Math.max(left - 4, 0), 4));
        c += intAt(bytes, at + 8, Math.max(left - 8, 0));
        return mixed(a, b, c);
    }

    private static int mixed(int first, int second, int third) {
        int a = first;
        int b = second;
        int c = third;
        c = (c ^ b) - Integer.rotateLeft(b, 14);
        a = (a ^ c) - Integer.rotateLeft(c, 11);
        b = (b ^ a) - Integer.rotateLeft(a, 25);
        c = (c ^ b) - Integer.rotateLeft(b, 16);
        a = (a ^ c) - Integer.rotateLeft(c, 4);
        b = (b ^ a) - Integer.rotateLeft(a, 14);
        return (c ^ b) - Integer.rotateLeft(b, 24);
    }

    /** So many bytes, the first the lowest. */
    private static int intAt(byte[] bytes, int at, int count) {
        int value = 0;
        for (int i = at + count - 1; i >= at; i--) {
            value = (value << 8) | (bytes[i] & 0xFF);
        }
        return value;
    }
}
