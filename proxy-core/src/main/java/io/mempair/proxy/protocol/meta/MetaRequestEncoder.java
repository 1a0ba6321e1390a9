package io.mempair.proxy.protocol.meta;

import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.text.TextReplies;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.function.LongUnaryOperator;

/** Writes the lines that servers receive for a {@link MetaRequest}: its own, and those for the second copy of a key. */
public final class MetaRequestEncoder {

    /** What follows an encoded key in an answer. */
    private static final byte[] ENCODED = {' ', 'b'};

    private static final byte[] NOTHING = {};

    private MetaRequestEncoder() {}

    /** Appends the flag that gives the item this id to a line that was just appended. */
    public static void appendId(long id, ByteBuf out) {
        out.writerIndex(out.writerIndex() - 2);
        out.writeCharSequence(" E" + Long.toUnsignedString(id), StandardCharsets.US_ASCII);
        out.writeShort(TextReplies.LINE_END);
    }

    /** Appends the line for a server: single spaces, CR LF, no {@code q}, so that every outcome is seen. */
    public static void appendLine(MetaRequest request, ByteBuf out) {
        appendLine(request, out, '\0', '\0', LongUnaryOperator.identity());
    }

    /** As {@link #appendLine(MetaRequest, ByteBuf)}, with the id after {@code C} mapped by {@code ids}, both unsigned. */
    public static void appendLine(MetaRequest request, ByteBuf out, LongUnaryOperator ids) {
        appendLine(request, out, '\0', '\0', ids);
    }

    /** Appends what makes a second copy equal; with {@link MetaRequest.Follower#DELETE} no data follows it. Not for {@link MetaRequest.Follower#COPY}. */
    public static void appendFollower(MetaRequest request, ByteBuf out) {
        switch (request.follower()) {
            case SAME -> appendLine(request, out, 'C', '\0', LongUnaryOperator.identity());
            case SET -> appendLine(request, out, 'C', 'M', LongUnaryOperator.identity());
            case DELETE -> appendKeyed(request, out, Command.MD);
            case COPY -> throw new AssertionError("a copy is no line");
        }
    }

    /** As {@link #appendLine(MetaRequest, ByteBuf)}, with these flags, one letter each, after the client's. */
    public static void appendLineWith(MetaRequest request, String flags, ByteBuf out) {
        appendLine(request, out);
        if (!flags.isEmpty()) {
            out.writerIndex(out.writerIndex() - 2);
            for (int i = 0; i < flags.length(); i++) {
                out.writeByte(' ').writeByte(flags.charAt(i));
            }
            out.writeShort(TextReplies.LINE_END);
        }
    }

    /**
     * The reply of a server that lacks the key to the {@code mg} line of {@link #appendLine(MetaRequest, ByteBuf)}: EN, followed by the
     * requested flags that do not describe the item, in the requested order.
     */
    public static byte[] missLine(MetaRequest request) {
        ByteBuf out = Unpooled.buffer(request.lineBytes());
        out.writeByte('E').writeByte('N');
        for (int i = request.firstFlag(); i < request.tokens; i++) {
            byte flag = request.line[request.starts[i]];
            if (flag == 'O') {
                appendToken(request, out, i);
            } else if (flag == 'k' && !request.withholdsKey()) {
                out.writeByte(' ')
                        .writeByte('k')
                        .writeBytes(request.line, request.starts[1], request.ends[1] - request.starts[1]);
                out.writeBytes(request.has('b') ? ENCODED : NOTHING);
            }
        }
        out.writeShort(TextReplies.LINE_END);
        return ByteBufUtil.getBytes(out);
    }

    private static void appendLine(
            MetaRequest request, ByteBuf out, char without, char norWithout, LongUnaryOperator ids) {
        char key = request.withholdsKey() ? 'k' : 'q';
        for (int i = 0; i < request.tokens; i++) {
            byte first = request.line[request.starts[i]];
            boolean dropped = first == 'q' || first == key || first == without || first == norWithout;
            if (dropped && i >= request.firstFlag()) {
                continue;
            }
            long id = first == 'C' && i >= request.firstFlag() ? idOf(request, i) : 0;
            if (id == 0) {
                appendToken(request, out, i);
            } else {
                String text = Long.toUnsignedString(ids.applyAsLong(id));
                out.writeCharSequence(" C" + text, StandardCharsets.US_ASCII);
            }
        }
        out.writeShort(TextReplies.LINE_END);
    }

    /** The id in a flag, or 0 if it is not a number: the server will refuse it. */
    private static long idOf(MetaRequest request, int token) {
        String text = new String(
                request.line,
                request.starts[token] + 1,
                request.ends[token] - request.starts[token] - 1,
                StandardCharsets.US_ASCII);
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }

    /** Appends {@code mg key T...}: sets the lifetime of the second copy as {@code mg} set that of the first. */
    public static void appendTouch(MetaRequest request, ByteBuf out) {
        appendToken(request, out, 0);
        appendToken(request, out, 1);
        appendToken(request, out, request.tokenOf('T'));
        if (request.has('b')) {
            appendToken(request, out, request.tokenOf('b'));
        }
        out.writeShort(TextReplies.LINE_END);
    }

    /** Appends a command that has only this request's key. */
    public static void appendKeyed(MetaRequest request, ByteBuf out, Command keyed) {
        out.writeCharSequence(keyed.word(), StandardCharsets.US_ASCII);
        appendToken(request, out, 1);
        if (request.has('b')) {
            appendToken(request, out, request.tokenOf('b'));
        }
        out.writeShort(TextReplies.LINE_END);
    }

    private static void appendToken(MetaRequest request, ByteBuf out, int token) {
        if (token > 0) {
            out.writeByte(' ');
        }
        out.writeBytes(request.line, request.starts[token], request.ends[token] - request.starts[token]);
    }
}
