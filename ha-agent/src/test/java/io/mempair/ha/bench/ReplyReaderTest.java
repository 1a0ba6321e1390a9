package io.mempair.ha.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class ReplyReaderTest {

    private static final int KEYS = 2_000;
    private static final int VALUE_BYTES = 20;

    private final Dataset dataset = new Dataset(KEYS, VALUE_BYTES);
    private final ReplyReader one = new ReplyReader(dataset, 1);
    private final ReplyReader three = new ReplyReader(dataset, 3);

    @Test
    void aReplyIsTheSameWhereverItIsCut() {
        // a value with a false end in it among them
        ByteBuf reply = reply(value(1_000), value(999), value(1_001), "END\r\n");
        for (int cut = 0; cut <= reply.readableBytes(); cut++) {
            ByteBuf first = reply.slice(0, cut);
            ByteBuf rest = reply.slice(cut, reply.readableBytes() - cut);

            ReplyReader.ReadProgress progress = three.read(first, false, 999);
            if (rest.isReadable()) {
                assertThat(progress).as("cut at " + cut).isEqualTo(ReplyReader.ReadProgress.MORE);
                progress = three.read(rest, false, 999);
            }

            assertThat(progress).as("cut at " + cut).isEqualTo(ReplyReader.ReadProgress.COMPLETE);
            assertThat(three.found()).as("cut at " + cut).isEqualTo(3);
            assertThat(three.problem()).isEmpty();
        }
    }

    @Test
    void aReplyIsTheSameByteByByte() {
        ByteBuf reply = reply(value(7), "END\r\n");
        ReplyReader.ReadProgress progress = ReplyReader.ReadProgress.MORE;
        while (reply.isReadable()) {
            assertThat(progress).isEqualTo(ReplyReader.ReadProgress.MORE);
            progress = one.read(reply.readSlice(1), false, 7);
        }

        assertThat(progress).isEqualTo(ReplyReader.ReadProgress.COMPLETE);
        assertThat(one.found()).isEqualTo(1);
    }

    @Test
    void keysAfterTheLastGoOnWithTheFirst() {
        assertThat(three.read(reply(value(0), value(KEYS - 1), "END\r\n"), false, KEYS - 1))
                .isEqualTo(ReplyReader.ReadProgress.COMPLETE);
        assertThat(three.found()).isEqualTo(2);
        assertThat(three.wrong()).isZero();
    }

    @Test
    void theNextReplyIsLeftAndBeginsClean() {
        ByteBuf replies = reply(value(8), "END\r\n", value(7), "END\r\n");

        assertThat(one.read(replies, false, 7)).isEqualTo(ReplyReader.ReadProgress.COMPLETE);
        assertThat(one.wrong()).isEqualTo(1);
        assertThat(one.read(replies, false, 7)).isEqualTo(ReplyReader.ReadProgress.COMPLETE);
        assertThat(one.found()).isEqualTo(1);
        assertThat(one.wrong()).isZero();
        assertThat(one.problem()).isEmpty();
    }

    @Test
    void everyWrongByteOfAValueIsSeen() {
        for (int at = 0; at < VALUE_BYTES; at++) {
            ByteBuf reply = reply(value(7), "END\r\n");
            int index = reply.readableBytes() - "\r\nEND\r\n".length() - VALUE_BYTES + at;
            reply.setByte(index, reply.getByte(index) ^ 1);

            assertThat(one.read(reply, false, 7)).isEqualTo(ReplyReader.ReadProgress.COMPLETE);
            assertThat(one.wrong()).as("byte " + at).isEqualTo(1);
            assertThat(one.found()).isZero();
            assertThat(one.problem()).startsWith("not the value of its key");
        }
    }

    @Test
    void aValueTwiceIsWrong() {
        one.read(reply(value(7), value(7), "END\r\n"), false, 7);

        assertThat(one.found()).isEqualTo(1);
        assertThat(one.wrong()).isEqualTo(1);
        assertThat(one.problem()).startsWith("twice");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "VALUE mempair-bench:20:00000007 7 3;abc;END;               | length 3 instead of 20",
                "VALUE mempair-bench:20:00000007 9 20;01234567890123456789;END; | flags 9 instead of 7",
                "VALUE mempair-bench:20:00000007 7 0;;END;                  | length 0",
                "VALUE mempair-bench:20:00000008 8 20;01234567890123456789;END; | not asked for",
                "VALUE mempair-bench:20:00002007 7 20;01234567890123456789;END; | not asked for",
                "VALUE other 0 3;abc;END;                                   | not asked for",
            })
    void aValueThatCannotBeRightIsOneWrongValueAndTheReplyGoesOn(String reply, String problem) {
        assertThat(one.read(scripted(reply), false, 7)).isEqualTo(ReplyReader.ReadProgress.COMPLETE);
        assertThat(one.wrong()).isEqualTo(1);
        assertThat(one.found()).isZero();
        assertThat(one.problem()).startsWith(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "STORED;                                       | unexpected: STORED",
                "VALUE mempair-bench:20:00000007 7 20;short;END; xxxxxxxxxxxxx | not the value of its key",
                "VALUE mempair-bench:20:00000007 7;            | unexpected: VALUE",
                "VALUE mempair-bench:20:00000007 7 99999999999; | unexpected: VALUE",
                "VALUE mempair-bench:20:00000007 7 -1;         | unexpected: VALUE",
                "VALUE ;                                       | unexpected: VALUE",
            })
    void whatLeavesTheNextReplyUnknownBreaksTheConnection(String reply, String problem) {
        assertThat(one.read(scripted(reply), false, 7)).isEqualTo(ReplyReader.ReadProgress.BROKEN);
        assertThat(one.wrong()).isEqualTo(1);
        assertThat(one.problem()).startsWith(problem);
    }

    @Test
    void aValueThatIsLongerThanItsLineSaysBreaksTheConnection() {
        ByteBuf right = value(7);
        ByteBuf withoutLineEnd = right.slice(0, right.readableBytes() - 2);

        assertThat(one.read(reply(withoutLineEnd, "x\r\nEND\r\n"), false, 7))
                .isEqualTo(ReplyReader.ReadProgress.BROKEN);
        assertThat(one.problem()).startsWith("a value of another length");
    }

    @Test
    void aLineWithoutEndBreaksTheConnection() {
        ByteBuf endless = Unpooled.copiedBuffer("x".repeat(2_000), StandardCharsets.US_ASCII);

        assertThat(one.read(endless, false, 7)).isEqualTo(ReplyReader.ReadProgress.BROKEN);
    }

    @ParameterizedTest
    @CsvSource({"ERROR", "SERVER_ERROR no server", "CLIENT_ERROR bad", "NOT_STORED"})
    void anErrorLineEndsTheReply(String line) {
        assertThat(one.read(scripted(line + ';'), true, 7)).isEqualTo(ReplyReader.ReadProgress.COMPLETE);
        assertThat(one.failed()).isTrue();
        assertThat(one.problem()).isEqualTo(line);
    }

    @Test
    void aSetWantsStored() {
        assertThat(one.read(scripted("STORED;"), true, 7)).isEqualTo(ReplyReader.ReadProgress.COMPLETE);
        assertThat(one.failed()).isFalse();
        assertThat(one.read(scripted("END;"), true, 7)).isEqualTo(ReplyReader.ReadProgress.BROKEN);
    }

    private ByteBuf value(int number) {
        ByteBuf out = ascii("VALUE ");
        dataset.writeKey(out, number);
        out.writeBytes(ascii(" " + Dataset.flags(number) + " " + VALUE_BYTES + "\r\n"));
        dataset.writeValue(out, number);
        return out.writeBytes(ascii("\r\n"));
    }

    private static ByteBuf reply(Object... parts) {
        ByteBuf out = Unpooled.buffer();
        for (Object part : parts) {
            out.writeBytes(part instanceof ByteBuf bytes ? bytes : ascii((String) part));
        }
        return out;
    }

    /** A semicolon is a line end. */
    private static ByteBuf scripted(String text) {
        return ascii(text.replace(";", "\r\n"));
    }

    private static ByteBuf ascii(String text) {
        return Unpooled.buffer().writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
}
