package io.mempair.proxy.protocol.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TextReplyDecoderTest {

    private static final String VALUES = "VALUE a 0 5\r\nhello\r\nVALUE b 7 8 99\r\n\r\nEND\r\nx\r\nEND\r\n";

    @Test
    void answersAreTheSameHoweverTheBytesAreCut() {
        String stream = VALUES + "STORED\r\nEND\r\n12  \r\nSERVER_ERROR out of memory\r\n";
        ReplyShape[] shapes = {
            ReplyShape.RETRIEVAL, ReplyShape.STORED, ReplyShape.RETRIEVAL, ReplyShape.NUMBER, ReplyShape.DELETED
        };
        Recorder whole = new Recorder(shapes);
        assertThat(whole.feed(stream)).isNull();
        assertThat(whole.events)
                .containsExactly(
                        "value a [VALUE a 0 5\r\nhello\r\n]",
                        "value b [VALUE b 7 8 99\r\n\r\nEND\r\nx\r\n]",
                        "end",
                        "STORED",
                        "end",
                        "NUMBER",
                        "SERVER_ERROR");

        for (int first = 1; first < stream.length(); first++) {
            for (int second = first; second < Math.min(stream.length(), first + 4); second++) {
                Recorder cut = new Recorder(shapes);
                cut.feed(stream.substring(0, first));
                cut.feed(stream.substring(first, second));
                assertThat(cut.feed(stream.substring(second))).isNull();
                assertThat(cut.events).as("cut at %d and %d", first, second).isEqualTo(whole.events);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "RETRIEVAL, STORED",
        "RETRIEVAL, VALUE a 0 -1",
        "RETRIEVAL, VALUE a 0 4294967297",
        "RETRIEVAL, VALUE a 0",
        "RETRIEVAL, 'VALUE '",
        "RETRIEVAL, VALUE other 0 5",
        "STORED,    DELETED",
        "STORED,    STOREDX",
        "STORED,    END",
        "DELETED,   STORED",
        "NUMBER,    12a",
        "NUMBER,    STORED",
        "TOUCHED,   OK",
        "OK,        TOUCHED",
        "VERSION,   OK",
        "OK,        ''",
    })
    void whatDoesNotAnswerTheRequestIsAViolation(ReplyShape shape, String line) {
        Recorder recorder = new Recorder(shape);

        assertThat(recorder.feed(line + "\r\n")).isNotNull();
        assertThat(recorder.events).isEmpty();
    }

    @Test
    void anAnswerNobodyAskedForIsAViolation() {
        assertThat(new Recorder().feed("STORED\r\n")).isEqualTo("answer without a request");
        assertThat(new Recorder(ReplyShape.STORED).feed("STORED\r\nSTORED\r\n")).isEqualTo("answer without a request");
    }

    @Test
    void aValueMustEndWithALineEnd() {
        for (String wrong : List.of("hellox\n", "hello\rx", "hello\n\r")) {
            for (int cut = 0; cut <= wrong.length(); cut++) {
                Recorder recorder = new Recorder(ReplyShape.RETRIEVAL);
                String violation = recorder.feed("VALUE a 0 5\r\n" + wrong.substring(0, cut));
                String later = violation != null ? violation : recorder.feed(wrong.substring(cut));
                assertThat(later).as("%s cut at %d", wrong, cut).isEqualTo("value without line end");
            }
        }
    }

    @Test
    void aLineWithoutEndIsNotWaitedForForEver() {
        Recorder recorder = new Recorder(ReplyShape.STORED);

        assertThat(recorder.feed("S".repeat(2_047))).isNull();
        assertThat(recorder.feed("S")).isEqualTo("line too long");
    }

    @ParameterizedTest
    @EnumSource(ReplyShape.class)
    void randomBytesNeitherHangNorPassForAnAnswerTwice(ReplyShape shape) {
        Random random = new Random(shape.name().hashCode());
        byte[] alphabet = "VALUEND SR\r\n09a".getBytes(StandardCharsets.US_ASCII);
        for (int run = 0; run < 5_000; run++) {
            StringBuilder bytes = new StringBuilder();
            for (int i = random.nextInt(60); i >= 0; i--) {
                bytes.append((char) (random.nextInt(8) == 0 ? random.nextInt(256) : alphabet[random.nextInt(14)]));
            }
            Recorder recorder = new Recorder(shape);
            recorder.feed(bytes.toString());
            assertThat(recorder.answered).as("run %d", run).isLessThanOrEqualTo(1);
        }
    }

    /** Asks for keys a and b each time, and writes down what it is told. */
    private static final class Recorder implements ReplyHandler {

        private final TextReplyDecoder decoder = new TextReplyDecoder();
        private final Queue<ReplyShape> expected;
        private final List<String> events = new ArrayList<>();
        private StringBuilder item = new StringBuilder();
        private String itemKey = "";
        private String leftover = "";
        private int answered;

        Recorder(ReplyShape... shapes) {
            this.expected = new ArrayDeque<>(List.of(shapes));
        }

        String feed(String bytes) {
            ByteBuf in = Unpooled.copiedBuffer(leftover + bytes, StandardCharsets.ISO_8859_1);
            String violation = decoder.decode(in, this);
            leftover = in.toString(StandardCharsets.ISO_8859_1);
            in.release();
            return violation;
        }

        @Override
        public ReplyShape expected() {
            return expected.peek();
        }

        @Override
        public boolean itemStarts(byte[] line, int keyOffset, int keyLength) {
            itemKey = new String(line, keyOffset, keyLength, StandardCharsets.ISO_8859_1);
            return itemKey.equals("a") || itemKey.equals("b");
        }

        @Override
        public void itemBytes(ByteBuf in, int index, int length, boolean last) {
            item.append(in.toString(index, length, StandardCharsets.ISO_8859_1));
            if (last) {
                events.add("value " + itemKey + " [" + item + "]");
                item = new StringBuilder();
            }
        }

        @Override
        public void retrievalEnds() {
            expected.remove();
            answered++;
            events.add("end");
        }

        @Override
        public void line(ByteBuf in, int index, int length, ReplyLine meaning) {
            expected.remove();
            answered++;
            events.add(meaning.name());
        }
    }
}
