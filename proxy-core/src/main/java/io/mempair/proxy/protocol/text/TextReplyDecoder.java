package io.mempair.proxy.protocol.text;

import io.mempair.proxy.protocol.Decimal;
import io.mempair.proxy.protocol.ProtocolLimits;
import io.mempair.proxy.protocol.Stat;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Splits the output of one server into answers. A value is passed on in the pieces it arrives in, so a
 * large one is never gathered. Anything that is not an answer to what was asked is a violation: the
 * caller closes the connection, because no later answer could be matched to its request.
 *
 * <p>Remembers its position between calls; one per connection, one thread.
 */
public final class TextReplyDecoder {

    private static final byte[] VALUE = {'V', 'A', 'L', 'U', 'E', ' '};
    private static final byte[] META_VALUE = {'V', 'A', ' '};
    private static final byte[] STAT = {'S', 'T', 'A', 'T', ' '};

    private final byte[] line = new byte[ProtocolLimits.MAX_REPLY_LINE_BYTES];

    private final InputWindow window = new InputWindow();

    /** Whether the value being passed on ends its answer. */
    private boolean itemEndsAnswer;

    /** Bytes still to come of the value being passed on, its line end included; 0 between values. */
    private long itemBytesLeft;

    /**
     * Decodes as much of {@code in} as possible and moves its reader index; an incomplete line stays.
     *
     * @return null, or what was wrong, after which the decoder must not be used again
     */
    public @Nullable String decode(ByteBuf in, ReplyHandler handler) {
        window.forget();
        while (in.isReadable()) {
            if (itemBytesLeft > 0) {
                if (!passItemOn(in, handler)) {
                    return "value without line end";
                }
                continue;
            }
            int start = in.readerIndex();
            int lineFeed = window.lineFeed(in, start);
            if (lineFeed < 0) {
                return in.readableBytes() < line.length ? null : "line too long";
            }
            String violation = line(in, start, lineFeed + 1 - start, handler);
            if (violation != null) {
                return violation;
            }
        }
        return null;
    }

    private @Nullable String line(ByteBuf in, int start, int length, ReplyHandler handler) {
        if (length > line.length || length < 2 || window.byteAt(in, start + length - 2) != '\r') {
            return "not a line";
        }
        ReplyShape shape = handler.expected();
        if (shape == null) {
            return "answer without a request";
        }
        window.copyTo(line, start, length);
        return switch (shape) {
            case RETRIEVAL -> retrievalLine(in, start, length, handler);
            case META -> metaLine(in, start, length, handler);
            default -> answerLine(in, start, length, shape, handler);
        };
    }

    private @Nullable String retrievalLine(ByteBuf in, int start, int length, ReplyHandler handler) {
        if (length == 5 && line[0] == 'E' && line[1] == 'N' && line[2] == 'D') {
            in.skipBytes(length);
            handler.retrievalEnds();
            return null;
        }
        if (startsWith(VALUE, length)) {
            return valueLine(length, handler);
        }
        ReplyLine meaning = ReplyLine.of(line, length - 2);
        if (!meaning.isError()) {
            return "not an answer to a retrieval";
        }
        in.skipBytes(length);
        handler.line(in, start, length, meaning);
        return null;
    }

    private @Nullable String metaLine(ByteBuf in, int start, int length, ReplyHandler handler) {
        if (!startsWith(META_VALUE, length)) {
            return answerLine(in, start, length, ReplyShape.META, handler);
        }
        int bytesEnd = tokenEnd(META_VALUE.length, length - 2);
        long bytes = Decimal.unsigned(line, META_VALUE.length, bytesEnd, ProtocolLimits.MAX_DATA_BYTES);
        if (bytes < 0) {
            return "value without length";
        }
        if (!handler.itemStarts(line, 0, length)) {
            return "value that was not asked for";
        }
        itemBytesLeft = length + bytes + 2;
        itemEndsAnswer = true;
        return null;
    }

    private @Nullable String answerLine(ByteBuf in, int start, int length, ReplyShape shape, ReplyHandler handler) {
        if (shape == ReplyShape.STATS && startsWith(STAT, length)) {
            in.skipBytes(length);
            return statLine(length - 2, handler);
        }
        ReplyLine meaning = ReplyLine.of(line, length - 2);
        if (!shape.allows(meaning)) {
            return "not an answer of the kind asked for (" + shape + ')';
        }
        in.skipBytes(length);
        handler.line(in, start, length, meaning);
        return null;
    }

    private boolean startsWith(byte[] prefix, int length) {
        return length >= prefix.length && Arrays.equals(line, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** {@code STAT name value}; the value may be missing or contain spaces. */
    private @Nullable String statLine(int lineEnd, ReplyHandler handler) {
        int nameEnd = tokenEnd(STAT.length, lineEnd);
        if (nameEnd == STAT.length) {
            return "stat without name";
        }
        int valueStart = Math.min(nameEnd + 1, lineEnd);
        String name = new String(line, STAT.length, nameEnd - STAT.length, StandardCharsets.ISO_8859_1);
        String value = new String(line, valueStart, lineEnd - valueStart, StandardCharsets.ISO_8859_1);
        return handler.stat(new Stat(name, value)) ? null : "more stats than are believed";
    }

    /** {@code VALUE key flags bytes [cas]}: begins the item, whose bytes then include this line. */
    private @Nullable String valueLine(int length, ReplyHandler handler) {
        int lineEnd = length - 2;
        int keyEnd = tokenEnd(VALUE.length, lineEnd);
        int flagsEnd = tokenEnd(keyEnd + 1, lineEnd);
        int bytesEnd = tokenEnd(flagsEnd + 1, lineEnd);
        long bytes = Decimal.unsigned(line, flagsEnd + 1, bytesEnd, ProtocolLimits.MAX_DATA_BYTES);
        if (bytes < 0) {
            return "value without length";
        }
        if (!handler.itemStarts(line, VALUE.length, keyEnd - VALUE.length)) {
            return "value of a key that was not asked for";
        }
        itemBytesLeft = length + bytes + 2;
        return null;
    }

    /** Hands the readable part of the item to the handler; false if its line end is missing. */
    private boolean passItemOn(ByteBuf in, ReplyHandler handler) {
        int start = in.readerIndex();
        int length = (int) Math.min(itemBytesLeft, in.readableBytes());
        long leftAfter = itemBytesLeft - length;
        if (leftAfter < 2 && !endsRight(in, start, length, leftAfter)) {
            return false;
        }
        itemBytesLeft = leftAfter;
        in.skipBytes(length);
        handler.itemBytes(in, start, length, leftAfter == 0);
        if (leftAfter == 0 && itemEndsAnswer) {
            itemEndsAnswer = false;
            handler.retrievalEnds();
        }
        return true;
    }

    /** Checks whichever of the item's last two bytes are in this piece. */
    private boolean endsRight(ByteBuf in, int start, int length, long leftAfter) {
        int end = start + length;
        if (leftAfter == 1) {
            return window.byteAt(in, end - 1) == '\r';
        }
        return window.byteAt(in, end - 1) == '\n' && (length == 1 || window.byteAt(in, end - 2) == '\r');
    }

    private int tokenEnd(int from, int lineEnd) {
        int i = from;
        while (i < lineEnd && line[i] != ' ') {
            i++;
        }
        return Math.min(i, lineEnd);
    }
}
