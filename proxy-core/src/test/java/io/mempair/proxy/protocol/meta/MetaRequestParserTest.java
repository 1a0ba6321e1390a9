package io.mempair.proxy.protocol.meta;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.protocol.Command;
import io.mempair.proxy.protocol.text.ReplyShape;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetaRequestParserTest {

    private final MetaRequestParser parser = new MetaRequestParser();

    private byte[] read(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
        Command command = Command.of(bytes, 0, 2);
        return parser.read(command, bytes, bytes.length);
    }

    private MetaRequest good(String line) {
        assertThat(read(line)).as(line).isNull();
        return parser.request();
    }

    private static String key(MetaRequest request) {
        return new String(request.keyBytes(), request.keyOffset(), request.keyLength(), StandardCharsets.ISO_8859_1);
    }

    private static String line(MetaRequest request) {
        ByteBuf out = Unpooled.buffer();
        MetaRequestEncoder.appendLine(request, out);
        assertThat(out.readableBytes()).isLessThanOrEqualTo(request.lineBytes());
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static String follower(MetaRequest request) {
        if (request.follower() == MetaRequest.Follower.COPY) {
            return "a copy\r\n";
        }
        ByteBuf out = Unpooled.buffer();
        MetaRequestEncoder.appendFollower(request, out);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void theLineForAServerHasSingleSpacesAndNoQuietFlag() {
        MetaRequest request = good("mg   foo v  q  k O123 ");

        assertThat(line(request)).isEqualTo("mg foo v k O123\r\n");
        assertThat(request.quiet()).isTrue();
    }

    @Test
    void anEncodedKeyIsPlacedByItsBytesAndSentAsItCame() {
        MetaRequest request = good("mg Zm9v b v");

        assertThat(key(request)).isEqualTo("foo");
        assertThat(line(request)).isEqualTo("mg Zm9v b v\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "YQ==, a",
        "YWI=, ab",
        "YWJj, abc",
        "Y!W-J_j, abc",
        "YWJ=YWJj, ab",
        "AAEC, '\u0000\u0001\u0002'",
        "/+8=, \u00ff\u00ef"
    })
    void aKeyIsDecodedAsMemcachedDecodesIt(String encoded, String decoded) {
        assertThat(key(good("mg " + encoded + " b"))).isEqualTo(decoded);
    }

    @ParameterizedTest
    @ValueSource(strings = {"YQ", "YQ=", "Y===", "====", "!!!!", "A"})
    void aKeyThatCannotBeDecodedIsPlacedAsItIsWritten(String encoded) {
        assertThat(key(good("mg " + encoded + " b"))).isEqualTo(encoded);
    }

    @Test
    void theLengthOfAValueIsBounded() {
        assertThat(good("ms a 2147483645").dataBytes()).isEqualTo(2_147_483_645);
        for (String length : new String[] {"2147483646", "4294967297", "-1", "+1", "1x", "18446744073709551617"}) {
            assertThat(read("ms a " + length)).as(length).asString().startsWith("CLIENT_ERROR bad command line format");
            assertThat(parser.swallows()).as(length).isFalse();
        }
    }

    @Test
    void anErrorBehindAGoodLengthThrowsTheDataAway() {
        assertThat(read("ms a 5 T0 T0")).asString().startsWith("CLIENT_ERROR duplicate flag");

        assertThat(parser.swallows()).isTrue();
        assertThat(parser.request().dataBytes()).isEqualTo(5);
    }

    @Test
    void aKeyMayHave250BytesAndNotOneMore() {
        assertThat(read("mg " + "k".repeat(250))).isNull();
        assertThat(read("mg " + "k".repeat(251))).asString().startsWith("CLIENT_ERROR bad command line format");
    }

    @Test
    void nineteenTokensAreTakenAndNotOneMore() {
        assertThat(read("mg a" + flags(17))).isNull();
        assertThat(read("mg a" + flags(18))).asString().startsWith("CLIENT_ERROR options flags are too long");
        assertThat(read("md a" + flags(18))).asString().startsWith("CLIENT_ERROR options flags too long");
    }

    private static String flags(int count) {
        StringBuilder flags = new StringBuilder();
        "bNTRlOPLkstcfvhuqFCMJDI"
                .chars()
                .limit(count)
                .forEach(flag -> flags.append(' ').append((char) flag));
        return flags.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "ms a 1 T0 q, false, 'ms a 1 T0', META_STORED",
        "ms a 1 ME F5 C7, true, 'ms a 1 F5', META_STORED",
        "ms a 1 MA C7 N0, true, 'a copy', META_STORED",
        "ms a 1 I C7, true, 'md a', META_STORED",
        "ms YQ== 1 b MR I, true, 'md YQ== b', META_STORED",
        "ms a 1 F4294967296, false, 'ms a 1 F4294967296', META",
        "md a, false, 'md a', META",
        "md a I T30, true, 'md a I T30', META",
        "md YQ== C5 b, true, 'md YQ== b', META",
        "ma a D5 q C9, true, 'ma a D5', META",
        "ma a D5 q C9 N0 J1, true, 'a copy', META",
    })
    void aSecondCopyFollows(String line, boolean conditional, String follower, ReplyShape shape) {
        MetaRequest request = good(line);

        assertThat(request.isConditional()).isEqualTo(conditional);
        assertThat(follower(request)).isEqualTo(follower + "\r\n");
        assertThat(request.shape()).isEqualTo(shape);
    }

    @Test
    void aTouchOfASecondCopyKeepsTheKeysEncoding() {
        ByteBuf out = Unpooled.buffer();

        MetaRequestEncoder.appendTouch(good("mg YQ== v T30 b"), out);

        assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("mg YQ== T30 b\r\n");
    }

    @Test
    void aServerIsNotAskedToRepeatAKeyWithALineFeed() {
        MetaRequest request = good("mg YQpi s k b v");

        assertThat(request.withholdsKey()).isTrue();
        assertThat(request.flagsBeforeKey()).isEqualTo("s");
        assertThat(line(request)).isEqualTo("mg YQpi s b v\r\n");
    }

    @Test
    void aCopyStaysWhenTheNextLineIsRead() {
        MetaRequest copy = good("ms YQ== 5 b T30 q").copy();
        good("mg other v");

        assertThat(key(copy)).isEqualTo("a");
        assertThat(line(copy)).isEqualTo("ms YQ== 5 b T30\r\n");
        assertThat(copy.dataBytes()).isEqualTo(5);
        assertThat(copy.quiet()).isTrue();
    }

    @Test
    void noLineIsTooOddToBeReadOrRefused() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder line = new StringBuilder("m" + "gsdaen".charAt(random.nextInt(6)));
            for (int left = random.nextInt(40); left > 0; left--) {
                line.append((char) (random.nextInt(4) == 0 ? ' ' : random.nextInt(256)));
            }
            byte[] error = read(line.toString());
            if (error == null && parser.request().command() != Command.MN) {
                assertThat(line(parser.request())).as(line.toString()).endsWith("\r\n");
                assertThat(parser.request().keyLength()).isBetween(1, 250);
            }
        }
    }
}
