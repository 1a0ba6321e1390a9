package io.mempair.proxy.reply;

import io.mempair.proxy.protocol.meta.MetaRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Inserts the key into a reply, so that the server need not return it. Some memcached versions (1.6.18 among them)
 * forget after an append that a key was Base64-encoded, and return it raw. A line feed in it would let a client forge a
 * line on a connection shared by all clients.
 */
final class KeyEcho {

    private final byte[] flag;

    /** The flags requested before the key; their values precede it in the reply. */
    private final String before;

    private KeyEcho(byte[] flag, String before) {
        this.flag = flag;
        this.before = before;
    }

    /** Inserts the key into replies to {@code request}; null if the server returns it. */
    static @Nullable KeyEcho of(MetaRequest request) {
        if (!request.withholdsKey()) {
            return null;
        }
        byte[] key =
                Arrays.copyOfRange(request.keyBytes(), request.keyOffset(), request.keyOffset() + request.keyLength());
        String flag = " k" + Base64.getEncoder().encodeToString(key) + " b";
        return new KeyEcho(flag.getBytes(StandardCharsets.US_ASCII), request.flagsBeforeKey());
    }

    /** Returns {@code line[0, length)}, a return code or a value's line with its line end, with the key inserted. */
    byte[] into(byte[] line, int length) {
        int at = endOfToken(line, length, 0);
        if (line[0] == 'V') {
            at = endOfToken(line, length, at + 1);
        }
        while (line[at] == ' ' && before.indexOf(line[at + 1]) >= 0) {
            at = endOfToken(line, length, at + 1);
        }
        byte[] whole = Arrays.copyOf(line, length + flag.length);
        System.arraycopy(flag, 0, whole, at, flag.length);
        System.arraycopy(line, at, whole, at + flag.length, length - at);
        return whole;
    }

    private static int endOfToken(byte[] line, int length, int from) {
        int i = from;
        while (i < length - 2 && line[i] != ' ') {
            i++;
        }
        return i;
    }
}
