package io.mempair.proxy.fuzz;

import io.mempair.proxy.config.ClientLimits;
import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.DataRequest;
import io.mempair.proxy.protocol.meta.MetaRequest;
import io.mempair.proxy.protocol.meta.MetaRequestParser;
import io.mempair.proxy.protocol.text.TextReplies;
import io.mempair.proxy.protocol.text.TextRequest;
import io.mempair.proxy.protocol.text.TextRequestParser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a text stream is cut into requests, said once more and plainly: with the whole stream at hand, from its beginning to
 * its end, without a state that is kept between reads. What a line means is left to the parsers, which have tests of their own.
 * Says which answers the client of a proxy without servers gets.
 */
final class ClientFraming {

    /** One answer: these bytes, or what {@code kind} says. */
    record ExpectedFrame(FrameKind kind, byte @Nullable [] exact) {}

    /** What is known of an answer. */
    enum FrameKind {
        EXACT,
        ONE_LINE,
        /** Lines up to END, or one that refuses the list: then the client is closed, and there is no other answer. */
        LIST,
        /** As a list, but a refusal is one answer of many. */
        LIST_OR_LINE
    }

    private final byte[] stream;
    private final ByteBuf bytes;
    private final TextRequestParser parser = new TextRequestParser();
    private final MetaRequestParser metaParser = new MetaRequestParser();
    private final List<ExpectedFrame> expected = new ArrayList<>();
    private long position;
    private boolean closes;

    private ClientFraming(byte[] stream) {
        this.stream = stream;
        this.bytes = Unpooled.wrappedBuffer(stream);
        while (position < stream.length && !closes && request()) {
            // the next one
        }
    }

    static ClientFraming of(byte[] stream) {
        return new ClientFraming(stream);
    }

    List<ExpectedFrame> expected() {
        return expected;
    }

    /** Whether the client is closed after the last answer. */
    boolean closes() {
        return closes;
    }

    /** Takes one request; false if it is not all there. */
    private boolean request() {
        int start = (int) position;
        int lineFeed = start;
        while (lineFeed < stream.length && stream[lineFeed] != '\n') {
            lineFeed++;
        }
        if (lineFeed == stream.length) {
            return false;
        }
        position = lineFeed + 1L;
        int end = lineFeed > start && stream[lineFeed - 1] == '\r' ? lineFeed - 1 : lineFeed;
        byte[] error = parser.read(bytes, start, end - start);
        TextRequest request = parser.request();
        if (error != null) {
            answer(FrameKind.EXACT, error, request.noreply());
            closes = isOf(error, TextReplies.REFUSED_LIST);
            return true;
        }
        return switch (request.command().kind()) {
            case STORAGE -> block(request, request.command() == Command.SET);
            case META -> meta(request);
            default -> bare(request);
        };
    }

    private boolean bare(TextRequest request) {
        if (request.command() == Command.QUIT) {
            closes = true;
        } else if (request.command() == Command.STATS) {
            boolean resets = !request.isBare() && request.word(1).equals("reset");
            answer(resets ? FrameKind.LIST_OR_LINE : FrameKind.LIST, null, false);
        } else {
            answer(FrameKind.ONE_LINE, null, request.noreply());
        }
        return true;
    }

    private boolean meta(TextRequest line) {
        byte[] error = metaParser.read(line.command(), line.bytes(), line.lineBytes());
        MetaRequest request = metaParser.request();
        if (error != null) {
            answer(FrameKind.EXACT, error, false);
            position += metaParser.swallows() ? request.dataBytes() + 2L : 0;
            return true;
        }
        if (request.command() == Command.MS) {
            return block(request, true);
        }
        answer(FrameKind.ONE_LINE, null, false);
        return true;
    }

    /** A value that is too long is refused before it is there; any other is answered when it is. */
    private boolean block(DataRequest request, boolean deletes) {
        long end = position + request.dataBytes() + 2L;
        if (request.dataBytes() > ClientLimits.UNKNOWN_ITEM_BYTES) {
            answer(FrameKind.EXACT, TextReplies.TOO_LARGE, request.noreply());
        } else if (end > stream.length) {
            position = stream.length;
            return false;
        } else if (stream[(int) end - 2] == '\r' && stream[(int) end - 1] == '\n') {
            answer(FrameKind.ONE_LINE, null, request.noreply());
        } else {
            answer(FrameKind.EXACT, request.badDataReply(), request.noreply());
        }
        position = end;
        return true;
    }

    @SuppressWarnings("ReferenceEquality") // two refusals with the same text differ in what follows
    private static boolean isOf(byte[] line, byte[] constant) {
        return line == constant;
    }

    private void answer(FrameKind kind, byte @Nullable [] exact, boolean noreply) {
        if (!noreply) {
            expected.add(new ExpectedFrame(kind, exact));
        }
    }
}
