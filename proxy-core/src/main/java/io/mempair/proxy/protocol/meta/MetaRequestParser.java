package io.mempair.proxy.protocol.meta;

import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.Decimal;
import io.mempair.proxy.protocol.ProtocolLimits;
import io.mempair.proxy.protocol.text.TextReplies;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines of meta commands into a {@link MetaRequest}. Flags are the server's business and pass as they are;
 * checked here is what would otherwise make two ends read a line differently: the key, the length, repeated
 * flags (one {@code q} is taken off on the way), and everything after which a server would not swallow the data.
 *
 * <p>The rules and their order are memcached 1.6.18's. Stateless except for the request it fills; confined to one event loop.
 */
public final class MetaRequestParser {

    /** Flags every server that speaks meta knows: those of memcached 1.6.18. */
    static final String KNOWN_FLAGS = "bNTRlOPLkstcfvhuqFCMJDI";

    /** Flags of newer servers: E sets the cas id, x empties the value. */
    static final String LATER_FLAGS = "Ex";

    private final MetaRequest request = new MetaRequest();
    private boolean swallows;

    /** What {@link #read} fills, the same object each time. */
    public MetaRequest request() {
        return request;
    }

    /** Whether an error of {@link #read} comes before a data block that is to be thrown away. */
    public boolean swallows() {
        return swallows;
    }

    /**
     * Takes one line apart.
     *
     * @param command  its first word, of kind {@link Command.CommandKind#META}
     * @param line     holds the line from offset 0 on; the request refers to it until the next call
     * @param length   its length without the line end
     * @return null if the request is good, else the error line to answer
     */
    public byte @Nullable [] read(Command command, byte[] line, int length) {
        MetaRequest r = request;
        r.line = line;
        r.command = command;
        r.dataBytes = 0;
        r.tokens = split(r, length);
        swallows = false;
        if (command == Command.MN) {
            return null;
        }
        if (r.tokens < 2) {
            return command == Command.ME ? TextReplies.BAD_FORMAT : TextReplies.ERROR;
        }
        if (r.ends[1] - r.starts[1] > MetaRequest.MAX_KEY_BYTES || hasNul(line, length)) {
            return TextReplies.BAD_FORMAT;
        }
        return command == Command.MS ? checkSet(r) : checkFlags(r);
    }

    private static int split(MetaRequest r, int length) {
        int tokens = 0;
        int i = 0;
        while (tokens < MetaRequest.MAX_TOKENS) {
            while (i < length && r.line[i] == ' ') {
                i++;
            }
            if (i == length) {
                break;
            }
            r.starts[tokens] = i;
            while (i < length && r.line[i] != ' ') {
                i++;
            }
            r.ends[tokens++] = i;
        }
        return tokens;
    }

    private static boolean hasNul(byte[] line, int length) {
        for (int i = 0; i < length; i++) {
            if (line[i] == 0) {
                return true;
            }
        }
        return false;
    }

    private byte @Nullable [] checkSet(MetaRequest r) {
        if (r.tokens == 2) {
            return TextReplies.BAD_FORMAT;
        }
        if (r.tokens == MetaRequest.MAX_TOKENS) {
            return MetaReplies.TOO_MANY_FLAGS_TO_WRITE;
        }
        long bytes = Decimal.unsigned(r.line, r.starts[2], r.ends[2], ProtocolLimits.MAX_DATA_BYTES);
        if (bytes < 0) {
            return TextReplies.BAD_FORMAT;
        }
        r.dataBytes = (int) bytes;
        swallows = true;
        byte[] error = checkFlags(r);
        return error == null ? StorageFlags.check(r) : error;
    }

    private static byte @Nullable [] checkFlags(MetaRequest r) {
        if (r.command == Command.ME) {
            // of more than the key and a b memcached takes no notice; nor do we, but nothing more is passed on
            boolean encoded = r.tokens > 2 && r.ends[2] - r.starts[2] == 1 && r.line[r.starts[2]] == 'b';
            r.tokens = encoded ? 3 : 2;
            r.decodeKey();
            return r.keyHasLineFeed() ? TextReplies.BAD_FORMAT : null;
        }
        if (r.tokens == MetaRequest.MAX_TOKENS) {
            return r.command == Command.MG ? MetaReplies.TOO_MANY_FLAGS_TO_READ : MetaReplies.TOO_MANY_FLAGS_TO_WRITE;
        }
        if (hasDuplicate(r)) {
            boolean named = r.command == Command.MG || r.command == Command.MS;
            return named ? MetaReplies.DUPLICATE_FLAG : MetaReplies.INVALID_OR_DUPLICATE_FLAG;
        }
        r.decodeKey();
        return null;
    }

    /** Whether a flag comes twice before one that a server may not know, which is then what it complains of. */
    private static boolean hasDuplicate(MetaRequest r) {
        long low = 0;
        long high = 0;
        for (int i = r.firstFlag(); i < r.tokens; i++) {
            int flag = r.line[r.starts[i]];
            long bit = 1L << flag;
            boolean seen = ((flag < 64 ? low : high) & bit) != 0;
            if (flag < 0 || flag == 127 || seen) {
                return true;
            }
            if (KNOWN_FLAGS.indexOf(flag) < 0) {
                return false;
            }
            if (flag < 64) {
                low |= bit;
            } else {
                high |= bit;
            }
        }
        return false;
    }
}
