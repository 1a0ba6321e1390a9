package io.mempair.proxy.protocol.binary;

import io.mempair.proxy.protocol.Decimal;
import io.mempair.proxy.protocol.ProtocolLimits;
import java.util.Arrays;

/**
 * The line a server answers to a meta command: {@code HD flags} or {@code VA size flags}. Each flag comes with what
 * it returns; those nobody asked for (an item marked stale has some) are passed over.
 */
public final class AnswerFlags {

    /** Bytes before the first flag or size: {@code HD }. */
    private static final int WORD_BYTES = 3;

    private final byte[] line;
    private final int length;

    /**
     * @param line    holds the line; not to be changed while this is in use
     * @param length  its length without the line end
     */
    public AnswerFlags(byte[] line, int length) {
        this.line = line;
        this.length = length;
    }

    /** The number a flag returns, unsigned; 0 if the flag is not there. */
    public long number(char flag) {
        int at = find(flag);
        long value = 0;
        while (at >= 0 && at < length && line[at] >= '0' && line[at] <= '9') {
            value = value * 10 + (line[at++] - '0');
        }
        return value;
    }

    /** The size of the value of a {@code VA}, or -1 if that is no size. */
    public long valueBytes() {
        return Decimal.unsigned(line, WORD_BYTES, tokenEnd(WORD_BYTES), ProtocolLimits.MAX_DATA_BYTES);
    }

    /** Whether the key that is returned is the one {@code request} asked for; an encoded one is not returned. */
    public boolean isOf(BinaryRequest request) {
        if (MetaLine.mustEncode(request)) {
            return true;
        }
        int at = find('k');
        return at >= 0 && Arrays.equals(line, at, tokenEnd(at), request.key(), 0, request.keyLength());
    }

    /** Where what the flag returns begins, or -1. */
    private int find(char flag) {
        for (int at = WORD_BYTES; at < length; at = tokenEnd(at) + 1) {
            if (line[at] == flag) {
                return at + 1;
            }
        }
        return -1;
    }

    private int tokenEnd(int from) {
        int i = from;
        while (i < length && line[i] != ' ') {
            i++;
        }
        return i;
    }
}
