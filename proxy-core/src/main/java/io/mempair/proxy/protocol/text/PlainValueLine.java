package io.mempair.proxy.protocol.text;

/**
 * The line {@code VALUE key flags bytes}, as almost every line of an answer to a {@code get} is, read in one look at each of
 * its bytes. What is any other line, an unusual or a wrong one too, is left to a reader that tells what is wrong with it.
 *
 * <p>A reusable view, of one thread: what it says is of the last line {@link #read} was true for.
 */
final class PlainValueLine {

    /** Offset of the key from the beginning of the line. */
    private static final int KEY_OFFSET = 6;

    /** More digits are not plain: this many never overflow. */
    private static final int MAX_DIGITS = 9;

    private int keyLength;
    private int length;
    private int dataBytes;

    /** Whether such a line, with its line end, begins at {@code bytes[from]} and ends before {@code bytes[to]}. */
    boolean read(byte[] bytes, int from, int to) {
        if (to - from <= KEY_OFFSET || !beginsAsValue(bytes, from)) {
            return false;
        }
        int i = from + KEY_OFFSET;
        while (i < to && bytes[i] != ' ' && bytes[i] != '\n') {
            i++;
        }
        int keyEnd = i;
        int flagsEnd = digitsEnd(bytes, i + 1, to);
        int sizeEnd = digitsEnd(bytes, flagsEnd + 1, to);
        int digits = sizeEnd - flagsEnd - 1;
        if (sizeEnd + 2 > to || bytes[keyEnd] != ' ' || bytes[flagsEnd] != ' ' || digits < 1 || digits > MAX_DIGITS) {
            return false;
        }
        keyLength = keyEnd - from - KEY_OFFSET;
        length = sizeEnd + 2 - from;
        dataBytes = number(bytes, flagsEnd + 1, sizeEnd);
        return bytes[sizeEnd] == '\r' && bytes[sizeEnd + 1] == '\n';
    }

    private static boolean beginsAsValue(byte[] bytes, int from) {
        return bytes[from] == 'V'
                && bytes[from + 1] == 'A'
                && bytes[from + 2] == 'L'
                && bytes[from + 3] == 'U'
                && bytes[from + 4] == 'E'
                && bytes[from + 5] == ' ';
    }

    private static int digitsEnd(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && bytes[i] >= '0' && bytes[i] <= '9') {
            i++;
        }
        return i;
    }

    private static int number(byte[] bytes, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            value = value * 10 + bytes[i] - '0';
        }
        return value;
    }

    /** Length of the key. */
    int keyLength() {
        return keyLength;
    }

    /** Length of the line, with its line end. */
    int length() {
        return length;
    }

    /** Length of the value, without its line end. */
    int dataBytes() {
        return dataBytes;
    }
}
