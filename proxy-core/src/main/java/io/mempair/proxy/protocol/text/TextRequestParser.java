package io.mempair.proxy.protocol.text;

import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.Decimal;
import io.mempair.proxy.protocol.ProtocolLimits;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads request lines into a {@link TextRequest}. Checks everything a server could object to, because a
 * server that refuses a storage line reads its data block as commands, on a connection others use too.
 *
 * <p>The rules, down to which error hides behind {@code noreply}, are memcached 1.6.18's as observed; a
 * malformed storage line does not swallow its data block, there as here. Stricter in three points: no NUL
 * in a line (memcached cuts the line there), flags of at most 32 bits (some servers take 64, some refuse),
 * no plus sign or white space in numbers. Stateless except for the request it fills; one event loop.
 */
public final class TextRequestParser {

    /** The largest 32-bit unsigned number: the flags that every server accepts. */
    private static final long MAX_FLAGS = 0xFFFF_FFFFL;

    private static final byte[] NOREPLY = {'n', 'o', 'r', 'e', 'p', 'l', 'y'};

    private final TextRequest request = new TextRequest();

    /** What {@link #read} fills, the same object each time. */
    public TextRequest request() {
        return request;
    }

    /**
     * Parses one line.
     *
     * @param in      buffer that holds the line; its indexes are not moved
     * @param index   where the line begins
     * @param length  its length without the line end
     * @return null if the request is valid, otherwise the error line to send; {@link TextRequest#noreply} says
     *     whether even that is to be suppressed
     */
    public byte @Nullable [] read(ByteBuf in, int index, int length) {
        TextRequest r = request;
        if (r.line.length < length) {
            r.line = new byte[Math.max(length, 2 * r.line.length)];
        }
        in.getBytes(index, r.line, 0, length);
        r.length = length;
        r.noreply = false;
        r.dataBytes = 0;
        split(r);
        if (r.tokens == 0) {
            return TextReplies.ERROR;
        }
        Command command = Command.of(r.line, r.starts[0], r.ends[0]);
        if (command == null) {
            return TextReplies.ERROR;
        }
        r.command = command;
        return switch (command.kind()) {
            case RETRIEVAL -> checkRetrieval(r);
            case STORAGE -> checkStorage(r);
            case KEYED -> checkKeyed(r);
            case META -> null;
            case GLOBAL -> checkGlobal(r);
            case REFUSED -> isAnsweredByList(r) ? TextReplies.REFUSED_LIST : TextReplies.REFUSED;
        };
    }

    /** Whether memcached's answer is many lines: the keys of its crawler's dumps, the events of {@code watch}. */
    private static boolean isAnsweredByList(TextRequest r) {
        if (r.command == Command.LRU_CRAWLER && r.tokens > 1) {
            String task = r.word(1);
            return task.equals("metadump") || task.equals("mgdump");
        }
        return r.command == Command.WATCH;
    }

    /** Finds the first tokens and whether the line is in canonical form; the keys of a long get are found later. */
    private static void split(TextRequest r) {
        byte[] line = r.line;
        int length = r.length;
        int tokens = 0;
        int i = 0;
        boolean plain = true;
        while (tokens < TextRequest.MAX_TOKENS) {
            int spacesFrom = i;
            while (i < length && line[i] == ' ') {
                i++;
            }
            if (i == length) {
                plain &= i == spacesFrom;
                break;
            }
            plain &= i - spacesFrom == (tokens == 0 ? 0 : 1);
            r.starts[tokens] = i;
            while (i < length && line[i] != ' ') {
                i++;
            }
            r.ends[tokens++] = i;
        }
        r.tokens = tokens;
        r.plain = plain;
    }

    private static byte @Nullable [] checkRetrieval(TextRequest r) {
        int firstKey = r.command.touches() ? 2 : 1;
        if (r.tokens < 2) {
            return TextReplies.ERROR;
        }
        if (r.command.touches() && !Decimal.isSignedLong(r.line, r.starts[1], r.ends[1])) {
            return TextReplies.INVALID_EXPTIME;
        }
        if (r.tokens <= firstKey) {
            // memcached answers a gat without a key as if the key were missing
            return TextReplies.END;
        }
        return checkKeys(r, r.starts[firstKey]);
    }

    /** In one pass, because a line may hold thousands. */
    private static byte @Nullable [] checkKeys(TextRequest r, int from) {
        byte[] line = r.line;
        int length = r.length;
        int keys = 0;
        int i = from;
        while (i < length) {
            int start = i;
            while (i < length && line[i] != ' ') {
                if (line[i] == 0) {
                    return TextReplies.BAD_FORMAT;
                }
                i++;
            }
            if (i - start > ProtocolLimits.MAX_KEY_BYTES) {
                return TextReplies.BAD_FORMAT;
            }
            keys++;
            while (i < length && line[i] == ' ') {
                i++;
            }
        }
        r.keys = keys;
        return null;
    }

    private static byte @Nullable [] checkStorage(TextRequest r) {
        int arguments = r.command == Command.CAS ? 6 : 5;
        if (r.tokens != arguments && r.tokens != arguments + 1) {
            return TextReplies.ERROR;
        }
        if (r.tokens > arguments) {
            r.plain = false;
            r.noreply = isNoreply(r, arguments);
        }
        long bytes = Decimal.unsigned(r.line, r.starts[4], r.ends[4], ProtocolLimits.MAX_DATA_BYTES);
        boolean good = isKey(r.line, r.starts[1], r.ends[1])
                && Decimal.unsigned(r.line, r.starts[2], r.ends[2], MAX_FLAGS) >= 0
                && Decimal.isSignedLong(r.line, r.starts[3], r.ends[3])
                && bytes >= 0
                && (arguments == 5 || Decimal.isUnsignedLong(r.line, r.starts[5], r.ends[5]));
        if (!good) {
            return TextReplies.BAD_FORMAT;
        }
        r.dataBytes = (int) bytes;
        return null;
    }

    private static byte @Nullable [] checkKeyed(TextRequest r) {
        if (r.command == Command.DELETE) {
            return checkDelete(r);
        }
        if (r.tokens != 3 && r.tokens != 4) {
            return TextReplies.ERROR;
        }
        if (r.tokens == 4) {
            r.plain = false;
            r.noreply = isNoreply(r, 3);
        }
        if (!isKey(r.line, r.starts[1], r.ends[1])) {
            return TextReplies.BAD_FORMAT;
        }
        if (r.command == Command.TOUCH) {
            return Decimal.isSignedLong(r.line, r.starts[2], r.ends[2]) ? null : TextReplies.INVALID_EXPTIME;
        }
        return Decimal.isUnsignedLong(r.line, r.starts[2], r.ends[2]) ? null : TextReplies.INVALID_DELTA;
    }

    /** {@code delete key [0] [noreply]}: the zero is the remnant of an old delay argument. */
    private static byte @Nullable [] checkDelete(TextRequest r) {
        if (r.tokens < 2 || r.tokens > 4) {
            return TextReplies.ERROR;
        }
        if (r.tokens > 2) {
            r.plain = false;
            r.noreply = isNoreply(r, r.tokens - 1);
            boolean zero = r.ends[2] - r.starts[2] == 1 && r.line[r.starts[2]] == '0';
            boolean allowed = r.tokens == 3 ? zero || r.noreply : zero && r.noreply;
            if (!allowed) {
                return TextReplies.BAD_DELETE;
            }
        }
        return isKey(r.line, r.starts[1], r.ends[1]) ? null : TextReplies.BAD_FORMAT;
    }

    private static byte @Nullable [] checkGlobal(TextRequest r) {
        if (r.command == Command.FLUSH_ALL) {
            return checkFlush(r);
        }
        if (r.command == Command.VERBOSITY) {
            if (r.tokens < 2 || r.tokens > 3) {
                return TextReplies.ERROR;
            }
            r.noreply = isNoreply(r, r.tokens - 1);
            return r.hasVerbosity() || r.noreply ? null : TextReplies.BAD_FORMAT;
        }
        return null;
    }

    private static byte @Nullable [] checkFlush(TextRequest r) {
        if (r.tokens > 3) {
            return TextReplies.ERROR;
        }
        r.noreply = r.tokens > 1 && isNoreply(r, r.tokens - 1);
        r.plain &= !r.noreply && r.tokens < 3;
        boolean hasDelay = r.tokens > (r.noreply ? 2 : 1);
        if (hasDelay && !Decimal.isSignedLong(r.line, r.starts[1], r.ends[1])) {
            return TextReplies.INVALID_EXPTIME;
        }
        if (r.tokens == 3 && !r.noreply) {
            // memcached ignores a third word that is not noreply; it is not passed on
            r.tokens = 2;
        }
        return null;
    }

    private static boolean isKey(byte[] line, int from, int to) {
        if (to - from > ProtocolLimits.MAX_KEY_BYTES) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (line[i] == 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNoreply(TextRequest r, int token) {
        return r.ends[token] - r.starts[token] == NOREPLY.length
                && Arrays.equals(r.line, r.starts[token], r.ends[token], NOREPLY, 0, NOREPLY.length);
    }
}
