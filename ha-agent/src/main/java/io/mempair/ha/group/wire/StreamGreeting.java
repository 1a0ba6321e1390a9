package io.mempair.ha.group.wire;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** The first bytes of a {@link PeerStream}: as many as JGroups' own cookie has, and others. */
final class StreamGreeting {

    /** Bytes of JGroups' cookie, and of ours. */
    static final int BYTES = 4;

    private static final byte[] GREETING = {'m', 'p', 'h', '1'};

    private StreamGreeting() {}

    static byte[] bytes() {
        return GREETING.clone();
    }

    /** Reads the first bytes of a connection, whatever it is; blocks until they are there. */
    static byte[] read(InputStream in) throws IOException {
        byte[] first = in.readNBytes(BYTES);
        if (first.length < BYTES) {
            throw new IOException("it does not speak as a node does");
        }
        return first;
    }

    static boolean isOne(byte[] first) {
        return Arrays.equals(first, GREETING);
    }
}
