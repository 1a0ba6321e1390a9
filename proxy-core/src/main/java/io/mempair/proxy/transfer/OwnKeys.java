package io.mempair.proxy.transfer;

import io.mempair.proxy.replication.Key;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The keys of the proxy itself, which belong to the server they are on. */
final class OwnKeys {

    private static final byte[] PREFIX = "mempair:".getBytes(StandardCharsets.US_ASCII);

    private OwnKeys() {}

    static boolean isOne(Key key) {
        byte[] bytes = key.bytes();
        return bytes.length >= PREFIX.length && Arrays.equals(bytes, 0, PREFIX.length, PREFIX, 0, PREFIX.length);
    }
}
