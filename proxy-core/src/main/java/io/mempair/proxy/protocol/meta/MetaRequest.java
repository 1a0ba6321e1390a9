package io.mempair.proxy.protocol.meta;

import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.DataRequest;
import io.mempair.proxy.protocol.Decimal;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplies;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * One line of a meta command, split into tokens: a reusable view that {@link MetaRequestParser} fills. Flags are passed
 * on as text, because their meaning depends on the server; the proxy interprets only those it must. One event loop
 * only; the values are valid until the next line is read, unless {@link #copy} was made.
 */
public final class MetaRequest implements DataRequest {

    /** Tokens of a line; memcached accepts 19 (MFLAG_MAX_OPT_LENGTH), and one more shows that there are too many. */
    static final int MAX_TOKENS = 20;

    /** Bytes of a key on the wire, hence also the upper bound of the decoded key. */
    static final int MAX_KEY_BYTES = 250;

    /** The largest 32-bit unsigned number: what every server takes as flags. */
    private static final long MAX_CLIENT_FLAGS = 0xFFFF_FFFFL;

    /** How the second copy follows once the primary has executed a write. */
    public enum Follower {
        /** By the same command, without its condition. */
        SAME,
        /** By a set of the same value. */
        SET,
        /** By a copy of the whole item: the same command could do something else to a server that lacks it. */
        COPY,
        /** By deletion: no command can give another server what the primary now holds. */
        DELETE
    }

    byte[] line = {};
    final int[] starts = new int[MAX_TOKENS];
    final int[] ends = new int[MAX_TOKENS];
    int tokens;
    Command command = Command.MG;
    int dataBytes;

    private final MetaKey key = new MetaKey();

    /** Whether the key came encoded and holds a line feed. */
    boolean keyHasLineFeed() {
        return key.hasLineFeed();
    }

    /** The command, of kind {@link Command.CommandKind#META}. */
    public Command command() {
        return command;
    }

    @Override
    public int dataBytes() {
        return dataBytes;
    }

    /** Whether the client wants to hear nothing of the usual outcome. Errors it hears. */
    public boolean quiet() {
        return has('q');
    }

    /** Never: a quiet client hears errors. */
    @Override
    public boolean noreply() {
        return false;
    }

    /** A server that does not know a flag says so before it looks at the data. */
    @Override
    public byte[] badDataReply() {
        for (int i = firstFlag(); i < tokens; i++) {
            int flag = line[starts[i]];
            if (MetaRequestParser.KNOWN_FLAGS.indexOf(flag) < 0 && MetaRequestParser.LATER_FLAGS.indexOf(flag) < 0) {
                return MetaReplies.INVALID_FLAG;
            }
        }
        return TextReplies.BAD_DATA_CHUNK;
    }

    /** The bytes {@link #keyOffset} refers to: the key as the server stores it. */
    public byte[] keyBytes() {
        return key.decoded() ? key.bytes() : line;
    }

    /** Where the key begins in {@link #keyBytes}. */
    public int keyOffset() {
        return key.decoded() ? 0 : starts[1];
    }

    /** Length of the key as the server stores it. */
    public int keyLength() {
        return key.decoded() ? key.length() : ends[1] - starts[1];
    }

    /** Whether the flag is there. */
    public boolean has(char flag) {
        return tokenOf(flag) >= 0;
    }

    /** The token that begins with {@code flag}, or -1. */
    int tokenOf(char flag) {
        for (int i = firstFlag(); i < tokens; i++) {
            if (line[starts[i]] == flag) {
                return i;
            }
        }
        return -1;
    }

    int firstFlag() {
        return command == Command.MS ? 3 : 2;
    }

    /** Decodes the key if the line says that it is encoded. */
    void decodeKey() {
        key.read(line, starts[1], ends[1], has('b'));
    }

    /** Whether the key is said to be encoded, and is not. */
    boolean undecodable() {
        return !key.decoded() && has('b');
    }

    /**
     * Whether the server is not asked to repeat the key, although the client wants it: it holds a line feed, and not every
     * server is sure to encode it again.
     */
    public boolean withholdsKey() {
        return key.hasLineFeed() && has('k');
    }

    /** The flags before {@code k}, as one string of their letters. */
    public String flagsBeforeKey() {
        StringBuilder letters = new StringBuilder();
        for (int i = firstFlag(); i < tokenOf('k'); i++) {
            letters.append((char) line[starts[i]]);
        }
        return letters.toString();
    }

    /** The character behind {@code M}, or 0. */
    int mode() {
        int token = tokenOf('M');
        return token < 0 || ends[token] - starts[token] < 2 ? 0 : line[starts[token] + 1];
    }

    /** Whether the outcome depends on what the server holds, so that two copies must not decide apart. */
    public boolean isConditional() {
        return switch (command) {
            case MS -> has('C') || has('I') || (mode() != 0 && mode() != 'S');
            case MD -> has('C') || has('I') || has('x');
            default -> true;
        };
    }

    /** What the answer looks like. */
    public ReplyShape shape() {
        return command == Command.MS && !hasLargeClientFlags() ? ReplyShape.META_STORED : ReplyShape.META;
    }

    /** Flags beyond 32 bits, which some servers accept. The others refuse them with the words they have for a line they did not
     * understand at all, but do throw the data away: the answer must not be taken for the sign that they did not.
     */
    private boolean hasLargeClientFlags() {
        int token = tokenOf('F');
        return token >= 0 && Decimal.unsigned(line, starts[token] + 1, ends[token], MAX_CLIENT_FLAGS) < 0;
    }

    /** What makes a second copy equal after the primary said that it carried this write out. */
    public Follower follower() {
        return switch (command) {
            case MS -> {
                if (has('I')) {
                    yield Follower.DELETE;
                }
                if (mode() == 'A' || mode() == 'P') {
                    yield has('N') ? Follower.COPY : Follower.SAME;
                }
                yield Follower.SET;
            }
            case MA -> has('N') ? Follower.COPY : Follower.SAME;
            default -> has('I') || has('x') ? Follower.SAME : Follower.DELETE;
        };
    }

    /**
     * Whether the write gives the item a new id, the client did not choose one (E), and the line has room for it. Not so
     * {@code ma}: memcached (1.6.45) answers with the id that was chosen, but the item may have one that was counted.
     */
    public boolean makesId() {
        boolean makes = command == Command.MS || (command == Command.MD && (has('I') || has('x')));
        return makes && !has('E') && tokens + 1 < MAX_TOKENS;
    }

    /** Upper bound of the bytes of any line that {@link MetaRequestEncoder} appends, except one with more flags. */
    public int lineBytes() {
        return ends[tokens - 1] - starts[0] + 4;
    }

    /**
     * Flags that a read requests in addition to the client's, so that an item can be distinguished from a refill mark: client
     * flags and size. Empty if the client requests them anyway, or the line has no room.
     */
    public String flagsToTell() {
        if (command != Command.MG) {
            return "";
        }
        String missing = (has('f') ? "" : "f") + (has('v') || has('s') ? "" : "s");
        return tokens + missing.length() < MAX_TOKENS ? missing : "";
    }

    /** Whether the answer has the key before the cas id. */
    public boolean asksForKeyFirst() {
        int key = tokenOf('k');
        return key >= 0 && key < tokenOf('c');
    }

    @Override
    public void appendReceived(ByteBuf out) {
        out.writeBytes(line, 0, ends[tokens - 1]).writeShort(TextReplies.LINE_END);
    }

    @Override
    public MetaRequest copy() {
        MetaRequest copy = new MetaRequest();
        copy.line = Arrays.copyOf(line, ends[tokens - 1]);
        System.arraycopy(starts, 0, copy.starts, 0, tokens);
        System.arraycopy(ends, 0, copy.ends, 0, tokens);
        copy.tokens = tokens;
        copy.command = command;
        copy.dataBytes = dataBytes;
        key.copyTo(copy.key);
        return copy;
    }
}
