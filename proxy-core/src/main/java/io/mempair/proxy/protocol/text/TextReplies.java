package io.mempair.proxy.protocol.text;

import io.mempair.proxy.protocol.Command;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** The lines that mempair answers by itself. Where memcached has such an answer, they equal it byte for byte. */
public final class TextReplies {

    /** The end of every line and data block: carriage return and line feed as one big-endian short. */
    public static final int LINE_END = 0x0D0A;

    public static final byte[] END = line("END");
    public static final byte[] OK = line("OK");
    public static final byte[] DELETED = line("DELETED");
    public static final byte[] RESET = line("RESET");
    public static final byte[] ERROR = line("ERROR");
    public static final byte[] BAD_FORMAT = line("CLIENT_ERROR bad command line format");
    /** Two spaces, as memcached writes it. */
    public static final byte[] BAD_DELETE =
            line("CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]");

    public static final byte[] BAD_DATA_CHUNK = line("CLIENT_ERROR bad data chunk");
    public static final byte[] INVALID_DELTA = line("CLIENT_ERROR invalid numeric delta argument");
    public static final byte[] INVALID_EXPTIME = line("CLIENT_ERROR invalid exptime argument");
    public static final byte[] TOO_LARGE = line("SERVER_ERROR object too large for cache");
    public static final byte[] OUT_OF_MEMORY = line("SERVER_ERROR out of memory storing object");
    public static final byte[] TOO_MANY_CONNECTIONS = line("ERROR Too many open connections");
    public static final byte[] LINE_TOO_LONG = line("CLIENT_ERROR line too long");
    public static final byte[] REFUSED = line("CLIENT_ERROR command refused by the proxy: it concerns one server only");
    /** The same in place of a list or stream: the connection is closed after it, because the reader may be waiting for END. */
    public static final byte[] REFUSED_LIST = REFUSED.clone();

    public static final byte[] STORED = line("STORED");
    public static final byte[] NOT_STORED = line("NOT_STORED");
    public static final byte[] EXISTS = line("EXISTS");
    public static final byte[] NOT_FOUND = line("NOT_FOUND");
    public static final byte[] UNAUTHENTICATED = line("CLIENT_ERROR unauthenticated");
    public static final byte[] AUTHENTICATION_FAILURE = line("CLIENT_ERROR authentication failure");
    public static final byte[] BAD_LOGIN_FORMAT = line("CLIENT_ERROR bad authentication token format");
    public static final byte[] BAD_LOGIN_END = line("CLIENT_ERROR bad command line termination");

    private TextReplies() {}

    /** Whether {@code in[index, index + length)} is {@link #BAD_FORMAT}. */
    public static boolean isBadFormat(ByteBuf in, int index, int length) {
        for (int i = 0; i < BAD_FORMAT.length && length == BAD_FORMAT.length; i++) {
            if (in.getByte(index + i) != BAD_FORMAT[i]) {
                return false;
            }
        }
        return length == BAD_FORMAT.length;
    }

    /** What memcached answers to a flush_all that {@code -F} disabled; here for any command. */
    public static byte[] notAllowed(Command command) {
        return line("CLIENT_ERROR " + command.word() + " not allowed");
    }

    /** {@code text} as protocol bytes, with the line end. */
    public static byte[] line(String text) {
        return (text + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }
}
