package io.mempair.proxy.fuzz;

import io.mempair.proxy.protocol.Stat;
import io.mempair.proxy.protocol.text.ReplyHandler;
import io.mempair.proxy.protocol.text.ReplyLine;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.mempair.proxy.protocol.text.TextReplyDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whatever a server sends, in whatever pieces, in answer to whatever was asked: the decoder does not throw, the answers do not
 * depend on the pieces, no request gets more than one, and every byte that is passed on is one that came, in its place.
 *
 * <p>Input: two lengths of pieces, the number of requests, what each asked for, then what the server sends.
 */
public final class ServerBytesTarget {

    private static final ReplyShape[] SHAPES = ReplyShape.values();
    private static final int MOST_REQUESTS = 16;

    private ServerBytesTarget() {}

    /** Called by the fuzzer, and by the tests for each input that is kept. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 4) {
            return;
        }
        int requests = Math.min(Byte.toUnsignedInt(input[2]) % (MOST_REQUESTS + 1), input.length - 3);
        byte[] asked = Arrays.copyOfRange(input, 3, 3 + requests);
        byte[] stream = Arrays.copyOfRange(input, 3 + requests, input.length);
        HeardReplies whole = decode(asked, Pieces.WHOLE.of(stream));
        Pieces cut = new Pieces(Byte.toUnsignedInt(input[0]), Byte.toUnsignedInt(input[1]));
        HeardReplies pieced = decode(asked, cut.of(stream));
        if (!whole.equals(pieced)) {
            throw new AssertionError("in one piece: " + whole + "\nin " + cut + ": " + pieced);
        }
        // a stat without a value may have a space behind its name
        String sent = new String(stream, StandardCharsets.ISO_8859_1).replace(" \r\n", "\r\n");
        if (!sent.startsWith(whole.passedOn.replace(" \r\n", "\r\n"))) {
            throw new AssertionError("passed on: " + whole.passedOn + "\nsent: " + sent);
        }
    }

    private static HeardReplies decode(byte[] asked, List<byte[]> pieces) {
        HeardReplies heard = new HeardReplies(asked);
        TextReplyDecoder decoder = new TextReplyDecoder();
        ByteBuf in = Unpooled.buffer();
        for (byte[] piece : pieces) {
            in.writeBytes(piece);
            String violation = decoder.decode(in, heard.handler);
            if (violation != null) {
                heard.told.append("violation: ").append(violation);
                heard.violated = true;
                break;
            }
        }
        heard.passedOn = heard.bytes.toString(StandardCharsets.ISO_8859_1);
        return heard;
    }

    /** What the requests were told, pieces of values put together. */
    private static final class HeardReplies {

        private final byte[] asked;
        private final StringBuilder told = new StringBuilder();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final ReplyHandler handler = new Handler();
        private String passedOn = "";
        private int answered;
        private boolean inItem;
        private boolean violated;

        HeardReplies(byte[] asked) {
            this.asked = asked;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof HeardReplies heard
                    && told.compareTo(heard.told) == 0
                    && samePassedOn(heard)
                    && answered == heard.answered;
        }

        /** Before a violation one may have seen more of the value that it ends than the other. */
        private boolean samePassedOn(HeardReplies heard) {
            return passedOn.equals(heard.passedOn)
                    || (violated && (passedOn.startsWith(heard.passedOn) || heard.passedOn.startsWith(passedOn)));
        }

        @Override
        public int hashCode() {
            return told.toString().hashCode();
        }

        @Override
        public String toString() {
            return answered + " answers, " + told + ", bytes: " + passedOn;
        }

        private void take(ByteBuf in, int index, int length) {
            byte[] piece = new byte[length];
            in.getBytes(index, piece);
            bytes.writeBytes(piece);
        }

        private void require(boolean so, String what) {
            if (!so) {
                throw new AssertionError(what + ", told so far: " + told);
            }
        }

        private final class Handler implements ReplyHandler {

            @Override
            public @Nullable ReplyShape expected() {
                return answered < asked.length ? SHAPES[Byte.toUnsignedInt(asked[answered]) % SHAPES.length] : null;
            }

            @Override
            public boolean itemStarts(byte[] line, int keyOffset, int keyLength) {
                require(!inItem && expected() != null, "a value nobody asked for");
                inItem = true;
                told.append("item ").append(new String(line, keyOffset, keyLength, StandardCharsets.ISO_8859_1));
                return true;
            }

            @Override
            public void itemBytes(ByteBuf in, int index, int length, boolean last) {
                require(inItem, "bytes of no value");
                take(in, index, length);
                if (last) {
                    inItem = false;
                    told.append(" ends\n");
                }
            }

            @Override
            public void retrievalEnds() {
                require(!inItem && expected() != null, "an end that nobody waits for");
                answered++;
                told.append("retrieval ends\n");
                if (expectedBefore() == ReplyShape.RETRIEVAL) {
                    bytes.writeBytes("END\r\n".getBytes(StandardCharsets.US_ASCII));
                }
            }

            private ReplyShape expectedBefore() {
                return SHAPES[Byte.toUnsignedInt(asked[answered - 1]) % SHAPES.length];
            }

            @Override
            public boolean stat(Stat stat) {
                require(!inItem && expected() == ReplyShape.STATS, "a stat nobody asked for");
                told.append("stat ").append(stat).append('\n');
                String value = stat.value().isEmpty() ? "" : ' ' + stat.value();
                bytes.writeBytes(("STAT " + stat.name() + value + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                return true;
            }

            @Override
            public void line(ByteBuf in, int index, int length, ReplyLine meaning) {
                require(!inItem && expected() != null, "a line nobody waits for");
                answered++;
                told.append("line ").append(meaning).append('\n');
                take(in, index, length);
            }
        }
    }
}
