package io.mempair.proxy.reply;

import io.mempair.proxy.protocol.meta.MetaRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Puts the key into an answer for which the server was not asked for it. Some versions of memcached (1.6.18 among them)
 * forget that a key came encoded once its item was appended to, and answer it raw: a line feed in it would begin a line
 * of the client's own making on a connection whose answers belong to all clients.
 */
final class KeyEcho {

    private final byte[] flag;

    /** The flags asked for before the key, whose answers come before it too. */
    private final String before;

    private KeyEcho(byte[] flag, String before) {
        this.flag = flag;
        this.before = before;
    }

    /** What puts the key into the answers to {@code request}, or null if the server does. */
    static @Nullable KeyEcho of(MetaRequest request) {
        if (!request.withholdsKey()) {
            return null;
        }
        byte[] key =
                Arrays.copyOfRange(request.keyBytes(), request.keyOffset(), request.keyOffset() + request.keyLength());
        String flag = " k" + Base64.getEncoder().encodeToString(key) + " b";
        return new KeyEcho(flag.getBytes(StandardCharsets.US_ASCII), request.flagsBeforeKey());
    }

    /** {@code line[0, length)}, a return code or the line of a value with its line end, with the key in its place. */
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
