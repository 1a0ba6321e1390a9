package io.mempair.proxy.protocol.text;

import io.mempair.proxy.protocol.Decimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/**
 * What follows the key in a {@code VALUE key flags bytes [cas]} line, read from where the key ends. The line is known to
 * be one, and has its line end.
 */
public final class ValueLine {

    private ValueLine() {}

    /** Whether the value has no bytes. */
    public static boolean isEmpty(byte[] line, int keyEnd) {
        int bytes = tokenEnd(line, keyEnd + 1) + 1;
        return line[bytes] == '0' && tokenEnd(line, bytes) == bytes + 1;
    }

    /** The client flags, or {@link Decimal#NOT_A_NUMBER}. */
    public static long flags(byte[] line, int keyEnd) {
        return Decimal.unsigned(line, keyEnd + 1, tokenEnd(line, keyEnd + 1), Long.MAX_VALUE);
    }

    /** Length of the line with its end. */
    public static int length(byte[] line, int keyEnd) {
        int i = keyEnd;
        while (line[i] != '\n') {
            i++;
        }
        return i + 1;
    }

    /** A copy of the line with the cas id that {@code ids} maps its own to, both unsigned; unchanged if it has none. */
    public static byte[] withId(byte[] line, int keyEnd, LongUnaryOperator ids) {
        int flagsEnd = tokenEnd(line, keyEnd + 1);
        int bytesEnd = tokenEnd(line, flagsEnd + 1);
        int length = length(line, keyEnd);
        if (line[bytesEnd] != ' ' || !Decimal.isUnsignedLong(line, bytesEnd + 1, length - 2)) {
            return Arrays.copyOf(line, length);
        }
        String digits = new String(line, bytesEnd + 1, length - 2 - (bytesEnd + 1), StandardCharsets.US_ASCII);
        long id = ids.applyAsLong(Long.parseUnsignedLong(digits));
        byte[] replaced = (Long.toUnsignedString(id) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(line, bytesEnd + 1 + replaced.length);
        System.arraycopy(replaced, 0, whole, bytesEnd + 1, replaced.length);
        return whole;
    }

    private static int tokenEnd(byte[] line, int from) {
        int i = from;
        while (line[i] != ' ' && line[i] != '\r') {
            i++;
        }
        return i;
    }
}
