package io.mempair.proxy.protocol.text;

import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.DataRequest;
import io.mempair.proxy.protocol.Decimal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/**
 * One parsed request line: a reusable view that {@link TextRequestParser} fills. The line lives in an
 * array of its own, so nothing here refers to the client's buffer. One event loop only; the values are
 * valid until the next line is read, unless {@link #copy} was made.
 */
public final class TextRequest implements DataRequest {

    /** Word, key, four numbers, noreply, and one more to notice that there are too many. */
    static final int MAX_TOKENS = 8;

    private static final byte[] GET = {'g', 'e', 't'};
    private static final byte[] DELETE = {'d', 'e', 'l', 'e', 't', 'e', ' '};

    byte[] line;
    int length;

    final int[] starts = new int[MAX_TOKENS];
    final int[] ends = new int[MAX_TOKENS];
    /** Tokens found, at most {@link #MAX_TOKENS}; the tokens of a retrieval are not all counted. */
    int tokens;
    /** Whether the line is in the canonical form of memcached's documentation: single spaces and nothing else. */
    boolean plain;

    Command command = Command.GET;
    boolean noreply;
    int dataBytes;
    /** Keys of a retrieval. */
    int keys;

    /** A view that holds nothing yet. */
    public TextRequest() {
        this(new byte[2_048]);
    }

    private TextRequest(byte[] line) {
        this.line = line;
    }

    /** The command; every other value depends on it. */
    public Command command() {
        return command;
    }

    /** Whether the client wants no answer. Also set on a request that is answered with an error. */
    @Override
    public boolean noreply() {
        return noreply;
    }

    @Override
    public int dataBytes() {
        return dataBytes;
    }

    @Override
    public byte[] badDataReply() {
        return TextReplies.BAD_DATA_CHUNK;
    }

    /** The bytes that the offsets refer to. The caller must neither change nor keep them. */
    public byte[] bytes() {
        return line;
    }

    /** Offset of the key; of a retrieval's first key. */
    public int keyOffset() {
        return starts[keyToken()];
    }

    /** Length of that key. */
    public int keyLength() {
        return ends[keyToken()] - starts[keyToken()];
    }

    private int keyToken() {
        return command.touches() ? 2 : 1;
    }

    /** Whether a retrieval names just one key. */
    public boolean hasSingleKey() {
        return keys == 1;
    }

    /** How many keys a retrieval names, duplicates included. */
    public int keyCount() {
        return keys;
    }

    /** Offset of a retrieval's next key at or after {@code from}, or -1 after the last. */
    public int nextKey(int from) {
        int i = from;
        while (i < length && line[i] == ' ') {
            i++;
        }
        return i < length ? i : -1;
    }

    /** Where the token ends that begins at {@code from}. */
    public int tokenEnd(int from) {
        int i = from;
        while (i < length && line[i] != ' ') {
            i++;
        }
        return i;
    }

    /** A copy of what precedes a retrieval's keys, without the trailing space: {@code get}, {@code gat 60}. */
    public byte[] retrievalHead() {
        if (command == Command.GET) {
            return GET;
        }
        ByteBuf head = Unpooled.buffer(32);
        appendTokens(head, command.touches() ? 2 : 1);
        return ByteBufUtil.getBytes(head);
    }

    /** Whether the line consists of the command's word alone. */
    public boolean isBare() {
        return tokens == 1;
    }

    /** The word with that number, which must be there; the command's is 0. */
    public String word(int token) {
        return new String(line, starts[token], ends[token] - starts[token], StandardCharsets.ISO_8859_1);
    }

    /** The client flags of a storage command. */
    public long flags() {
        return Long.parseLong(word(2));
    }

    /** The lifetime a storage command gives: seconds, unix time, or negative for none. */
    public long exptime() {
        return Long.parseLong(word(3));
    }

    /** The id a {@code cas} expects; unsigned. */
    public long expectedId() {
        return Long.parseUnsignedLong(word(5));
    }

    /** Whether a {@code verbosity} line has its number, as memcached reads it. */
    public boolean hasVerbosity() {
        return Decimal.isUnsignedLong(line, starts[1], ends[1]);
    }

    /** That number; one that does not fit counts as the largest. */
    public int verbosity() {
        long level = Decimal.unsigned(line, starts[1], ends[1], Integer.MAX_VALUE);
        return level == Decimal.NOT_A_NUMBER ? Integer.MAX_VALUE : (int) level;
    }

    /** The delay of a {@code flush_all}, in seconds, or a unix time; 0 if it has none. */
    public long flushDelaySeconds() {
        boolean delayed = tokens > (noreply ? 2 : 1);
        return delayed ? Long.parseLong(word(1)) : 0;
    }

    /** Length of the line as received, without its end; {@link #appendLine} never appends more. */
    public int lineBytes() {
        return length;
    }

    /**
     * Appends the line for a server: single spaces, CR LF, no {@code noreply}, so that a failure is seen and
     * every server reads it alike.
     */
    public void appendLine(ByteBuf out) {
        if (plain) {
            out.writeBytes(line, 0, length);
        } else {
            appendTokens(out, meaningfulTokens());
        }
        out.writeShort(TextReplies.LINE_END);
    }

    /** As {@link #appendLine} but with the word of another command that takes the same arguments. */
    public void appendLineAs(Command other, int argumentTokens, ByteBuf out) {
        out.writeCharSequence(other.word(), StandardCharsets.US_ASCII);
        for (int i = 1; i <= argumentTokens; i++) {
            out.writeByte(' ');
            out.writeBytes(line, starts[i], ends[i] - starts[i]);
        }
        out.writeShort(TextReplies.LINE_END);
    }

    /** Appends a {@code cas} line with the id that {@code ids} maps the client's to, both unsigned. */
    public void appendCas(ByteBuf out, LongUnaryOperator ids) {
        appendTokens(out, 5);
        out.writeByte(' ');
        long id = ids.applyAsLong(expectedId());
        out.writeCharSequence(Long.toUnsignedString(id), StandardCharsets.US_ASCII);
        out.writeShort(TextReplies.LINE_END);
    }

    /** Appends a line that deletes the key. */
    public void appendDeletion(ByteBuf out) {
        out.writeBytes(DELETE);
        out.writeBytes(line, keyOffset(), keyLength());
        out.writeShort(TextReplies.LINE_END);
    }

    private int meaningfulTokens() {
        return switch (command) {
            case SET, ADD, REPLACE, APPEND, PREPEND -> 5;
            case CAS -> 6;
            case INCR, DECR, TOUCH -> 3;
            case FLUSH_ALL -> noreply ? tokens - 1 : tokens;
            default -> 2;
        };
    }

    private void appendTokens(ByteBuf out, int count) {
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                out.writeByte(' ');
            }
            out.writeBytes(line, starts[i], ends[i] - starts[i]);
        }
    }

    @Override
    public void appendReceived(ByteBuf out) {
        out.writeBytes(line, 0, length).writeShort(TextReplies.LINE_END);
    }

    @Override
    public TextRequest copy() {
        TextRequest copy = new TextRequest(Arrays.copyOf(line, length));
        copy.length = length;
        System.arraycopy(starts, 0, copy.starts, 0, MAX_TOKENS);
        System.arraycopy(ends, 0, copy.ends, 0, MAX_TOKENS);
        copy.tokens = tokens;
        copy.plain = plain;
        copy.command = command;
        copy.noreply = noreply;
        copy.dataBytes = dataBytes;
        copy.keys = keys;
        return copy;
    }
}
