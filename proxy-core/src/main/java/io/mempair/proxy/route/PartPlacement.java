package io.mempair.proxy.route;

import io.mempair.proxy.config.KeyPart;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Places a key by a part of it. As thread-safe as what it asks. */
final class PartPlacement implements Placement {

    private static final int NOWHERE = -1;

    private final byte[] skipPrefix;
    private final byte[] tag;
    private final Placement byPart;

    PartPlacement(KeyPart part, Placement byPart) {
        skipPrefix = part.skipPrefix().getBytes(StandardCharsets.US_ASCII);
        tag = part.tag().getBytes(StandardCharsets.US_ASCII);
        this.byPart = byPart;
    }

    @Override
    public int serverOf(byte[] bytes, int keyOffset, int keyLength) {
        int from = keyOffset;
        int to = keyOffset + keyLength;
        if (startsWith(bytes, from, to, skipPrefix) && keyLength > skipPrefix.length) {
            from += skipPrefix.length;
        }
        if (tag.length == 2) {
            int open = indexOf(bytes, from, to, tag[0]);
            int close = open == NOWHERE ? NOWHERE : indexOf(bytes, open + 1, to, tag[1]);
            if (close > open + 1) {
                return byPart.serverOf(bytes, open + 1, close - open - 1);
            }
        } else if (tag.length > 2) {
            for (int i = from + 1; i + tag.length <= to; i++) {
                if (startsWith(bytes, i, to, tag)) {
                    return byPart.serverOf(bytes, from, i - from);
                }
            }
        }
        return byPart.serverOf(bytes, from, to - from);
    }

    private static int indexOf(byte[] bytes, int from, int to, byte wanted) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return NOWHERE;
    }

    private static boolean startsWith(byte[] bytes, int from, int to, byte[] what) {
        return from + what.length <= to && Arrays.equals(bytes, from, from + what.length, what, 0, what.length);
    }
}
