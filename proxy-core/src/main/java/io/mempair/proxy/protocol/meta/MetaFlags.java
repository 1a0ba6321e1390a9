package io.mempair.proxy.protocol.meta;

import io.mempair.proxy.protocol.Decimal;

/** The flags of a meta reply: tokens that begin with a letter, after the return code. */
public final class MetaFlags {

    private MetaFlags() {}

    /** The unsigned number in the token of {@code line[0, length)} that begins with {@code name}, or -1. */
    public static long number(byte[] line, int length, char name) {
        int at = offset(line, length, name);
        return at < 0 ? -1 : Decimal.unsigned(line, at + 1, tokenEnd(line, at, length), Long.MAX_VALUE);
    }

    /**
     * Offset of the first token in {@code line[0, length)} that begins with {@code name}, not counting the return code; -1
     * if none does.
     */
    public static int offset(byte[] line, int length, char name) {
        for (int i = 1; i < length; i++) {
            if (line[i] == name && line[i - 1] == ' ') {
                return i;
            }
        }
        return -1;
    }

    private static int tokenEnd(byte[] line, int from, int length) {
        int i = from;
        while (i < length && line[i] != ' ' && line[i] != '\r') {
            i++;
        }
        return i;
    }
}
