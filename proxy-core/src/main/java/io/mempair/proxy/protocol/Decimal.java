package io.mempair.proxy.protocol;

/**
 * Decimal numbers in protocol lines. Strict: digits only, one leading minus where signed, no sign of
 * overflow left to chance. memcached itself also takes a leading plus and white space inside a token; a
 * proxy that took them would have to trust that every server does.
 */
public final class Decimal {

    /** Digits of the largest unsigned 64-bit number. */
    private static final int MAX_UNSIGNED_LONG_DIGITS = 20;

    /** What the parsing methods answer for something that is not such a number. */
    public static final long NOT_A_NUMBER = -1;

    private Decimal() {}

    /**
     * The number written in {@code bytes[from, to)}, or {@link #NOT_A_NUMBER} if that is no unsigned
     * decimal of at most {@code max}.
     */
    public static long unsigned(byte[] bytes, int from, int to, long max) {
        if (from >= to || to - from > MAX_UNSIGNED_LONG_DIGITS - 1) {
            return NOT_A_NUMBER;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return NOT_A_NUMBER;
            }
            value = value * 10 + digit;
        }
        // nineteen digits fit 64 bits, so a number that is no long any more has become negative
        return value < 0 || value > max ? NOT_A_NUMBER : value;
    }

    /** Whether {@code bytes[from, to)} is a decimal that fits an unsigned 64-bit number. */
    public static boolean isUnsignedLong(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length < 1 || length > MAX_UNSIGNED_LONG_DIGITS || !allDigits(bytes, from, to)) {
            return false;
        }
        return length < MAX_UNSIGNED_LONG_DIGITS || compare(bytes, from, "18446744073709551615") <= 0;
    }

    /** Whether {@code bytes[from, to)} is a decimal, perhaps with a minus, that fits a signed 64-bit number. */
    public static boolean isSignedLong(byte[] bytes, int from, int to) {
        boolean negative = from < to && bytes[from] == '-';
        int first = negative ? from + 1 : from;
        int length = to - first;
        if (length < 1 || length > 19 || !allDigits(bytes, first, to)) {
            return false;
        }
        return length < 19 || compare(bytes, first, negative ? "9223372036854775808" : "9223372036854775807") <= 0;
    }

    private static boolean allDigits(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return false;
            }
        }
        return true;
    }

    private static int compare(byte[] bytes, int from, String digits) {
        for (int i = 0; i < digits.length(); i++) {
            int difference = bytes[from + i] - digits.charAt(i);
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }
}
