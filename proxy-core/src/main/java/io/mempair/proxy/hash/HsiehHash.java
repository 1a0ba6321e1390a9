package io.mempair.proxy.hash;

/** Paul Hsieh's hash as twemproxy computes it on x86, where the last byte of three counts as signed. Without state. */
public final class HsiehHash implements KeyHash {

    @Override
    public int pointOf(byte[] bytes, int offset, int length) {
        int hash = 0;
        int at = offset;
        for (int left = length >> 2; left > 0; left--) {
            hash += shortAt(bytes, at);
            int mixed = (shortAt(bytes, at + 2) << 11) ^ hash;
            hash = (hash << 16) ^ mixed;
            hash += hash >>> 11;
            at += 4;
        }
        return length == 0 ? 0 : finished(withRest(hash, bytes, at, length & 3));
    }

    private static int withRest(int before, byte[] bytes, int at, int rest) {
        int hash = before;
        switch (rest) {
            case 3 -> {
                hash += shortAt(bytes, at);
                hash ^= hash << 16;
                hash ^= bytes[at + 2] << 18;
                hash += hash >>> 11;
            }
            case 2 -> {
                hash += shortAt(bytes, at);
                hash ^= hash << 11;
                hash += hash >>> 17;
            }
            case 1 -> {
                hash += bytes[at] & 0xFF;
                hash ^= hash << 10;
                hash += hash >>> 1;
            }
            default -> {
                // nothing is left over
            }
        }
        return hash;
    }

    private static int finished(int before) {
        int hash = before;
        hash ^= hash << 3;
        hash += hash >>> 5;
        hash ^= hash << 4;
        hash += hash >>> 17;
        hash ^= hash << 25;
        hash += hash >>> 6;
        return hash;
    }

    private static int shortAt(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) | (bytes[at + 1] & 0xFF) << 8;
    }
}
