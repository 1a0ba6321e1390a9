package io.mempair.proxy.protocol.meta;

import io.mempair.proxy.protocol.Decimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/**
 * Changes to the line a server answers to a meta command, {@code HD flags}, {@code VA size flags} or {@code ME key ...},
 * its line end included. Servers return flags in the order of the request, and behind them what they have to say of their
 * own: {@code W}, {@code X}, {@code Z}. A key may come raw, with spaces in it, and look like flags.
 */
public final class MetaAnswerLine {

    private static final byte[] CAS_OF_ME = {' ', 'c', 'a', 's', '='};

    private MetaAnswerLine() {}

    /**
     * {@code line[0, length)} with what {@code ids} makes of the id behind flag {@code c}, both unsigned.
     *
     * @param behindKey  whether the client asked for the key before it asked for the id
     */
    public static byte[] withId(byte[] line, int length, boolean behindKey, LongUnaryOperator ids) {
        int found = -1;
        for (int at = tokenEnd(line, length, 0); line[at] == ' '; at = tokenEnd(line, length, at + 1)) {
            if (line[at + 1] == 'c' && (behindKey || found < 0)) {
                found = at;
            }
        }
        return found < 0 ? Arrays.copyOf(line, length) : withNumber(line, length, found + 2, ids);
    }

    /** As {@link #withId} for the {@code cas=} of {@code me}. */
    public static byte[] withIdOfDebug(byte[] line, int length, LongUnaryOperator ids) {
        int found = -1;
        for (int at = 0; at + CAS_OF_ME.length < length; at++) {
            if (Arrays.equals(line, at, at + CAS_OF_ME.length, CAS_OF_ME, 0, CAS_OF_ME.length)) {
                found = at;
            }
        }
        return found < 0 ? Arrays.copyOf(line, length) : withNumber(line, length, found + CAS_OF_ME.length, ids);
    }

    private static byte[] withNumber(byte[] line, int length, int from, LongUnaryOperator ids) {
        int to = tokenEnd(line, length, from);
        if (!Decimal.isUnsignedLong(line, from, to)) {
            return Arrays.copyOf(line, length);
        }
        long id = Long.parseUnsignedLong(new String(line, from, to - from, StandardCharsets.US_ASCII));
        byte[] digits = Long.toUnsignedString(ids.applyAsLong(id)).getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(line, from + digits.length + length - to);
        System.arraycopy(digits, 0, whole, from, digits.length);
        System.arraycopy(line, to, whole, from + digits.length, length - to);
        return whole;
    }

    /** {@code line[0, length)} without what was returned for flags that were asked for last, one letter each. */
    public static byte[] without(String flags, byte[] line, int length) {
        int end = length - 2;
        int to = end;
        while (isServersOwn(line, lastToken(line, to), to)) {
            to = lastToken(line, to) - 1;
        }
        int from = to;
        for (int i = flags.length() - 1; i >= 0; i--) {
            int token = lastToken(line, from);
            if (token > 0 && line[token] == flags.charAt(i)) {
                from = token - 1;
            }
        }
        byte[] whole = new byte[length - (to - from)];
        System.arraycopy(line, 0, whole, 0, from);
        System.arraycopy(line, to, whole, from, length - to);
        return whole;
    }

    private static boolean isServersOwn(byte[] line, int token, int end) {
        return token > 0 && end - token == 1 && (line[token] == 'W' || line[token] == 'X' || line[token] == 'Z');
    }

    /** What a server without the item answers where one with it answered {@code line[0, length)}: the key and opaque stay. */
    public static byte[] missInsteadOf(byte[] line, int length) {
        byte[] miss = new byte[length];
        miss[0] = 'E';
        miss[1] = 'N';
        int size = 2;
        for (int at = tokenEnd(line, length, 0); line[at] == ' '; at = tokenEnd(line, length, at + 1)) {
            byte flag = line[at + 1];
            if (flag == 'k' || flag == 'b' || flag == 'O') {
                int bytes = tokenEnd(line, length, at + 1) - at;
                System.arraycopy(line, at, miss, size, bytes);
                size += bytes;
            }
        }
        System.arraycopy(line, length - 2, miss, size, 2);
        return Arrays.copyOf(miss, size + 2);
    }

    /** Where the token begins that ends at {@code end}; 0 if it is the first of the line. */
    private static int lastToken(byte[] line, int end) {
        int i = end;
        while (i > 0 && line[i - 1] != ' ') {
            i--;
        }
        return i;
    }

    /** The space or line end at or behind {@code from}. */
    private static int tokenEnd(byte[] line, int length, int from) {
        int i = from;
        while (i < length - 2 && line[i] != ' ') {
            i++;
        }
        return i;
    }
}
