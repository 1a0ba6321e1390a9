package io.mempair.proxy.protocol.text;

import io.mempair.proxy.protocol.ProtocolLimits;
import io.netty.buffer.ByteBuf;

/**
 * A copy of a part of the input, in which lines are searched: many short lines cost one access to the buffer. Indexes are
 * those of the input. Valid for one input: call {@link #forget} before the next.
 */
final class InputWindow {

    /** More than the longest line. */
    private static final int BYTES = 2 * ProtocolLimits.MAX_REPLY_LINE_BYTES;

    private final byte[] bytes = new byte[BYTES];

    /** Index of the input at which the window begins, and at which it ends. */
    private int from;

    private int to;

    /** Starts on another input, of which nothing has been seen yet. */
    void forget() {
        to = 0;
    }

    private void moveTo(ByteBuf in, int index) {
        from = index;
        to = index + Math.min(BYTES, in.writerIndex() - index);
        in.getBytes(index, bytes, 0, to - from);
    }

    /** Index of the first line feed from {@code start} on, which is in the window then; -1 if no line that is short enough ends. */
    int lineFeed(ByteBuf in, int start) {
        if (start < to) {
            int found = lineFeed(start);
            if (found >= 0 || to == in.writerIndex()) {
                return found;
            }
        }
        moveTo(in, start);
        return lineFeed(start);
    }

    private int lineFeed(int start) {
        byte[] seen = bytes;
        int end = to - from;
        for (int i = start - from; i < end; i++) {
            if (seen[i] == '\n') {
                return i + from;
            }
        }
        return -1;
    }

    /** Copies {@code length} bytes of the window from {@code start} on. */
    void copyTo(byte[] target, int start, int length) {
        System.arraycopy(bytes, start - from, target, 0, length);
    }

    /** The input's byte at that index, from the window if it is in there. */
    byte byteAt(ByteBuf in, int index) {
        return index >= from && index < to ? bytes[index - from] : in.getByte(index);
    }
}
