package io.mempair.proxy.protocol.binary;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.testkit.Packets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetaLineTest {

    @ParameterizedTest
    @CsvSource({
        "get a,                                  mg a v f c k",
        "getkq a,                                mg a v f c k",
        "get a cas=5,                            mg a v f c k",
        "get a%20b,                              mg YSBi b v f c",
        "get %00,                                mg AA== b v f c",
        "set a hello,                            ms a 5 c",
        "set a%0a hello flags=7,                 ms YQo= 5 b F7 c",
        "set a x flags=0xffffffff exp=100,       ms a 1 F4294967295 T100 c",
        "set a x exp=0x7fffffff,                 ms a 1 T2147483647 c",
        "set a x exp=0x80000000,                 ms a 1 c",
        "setq a x cas=0xffffffffffffffff,        ms a 1 C18446744073709551615 c",
        "add a x,                                ms a 1 ME c",
        "add a x cas=9,                          ms a 1 C9 c",
        "replaceq a x,                           ms a 1 MR c",
        "replace a x cas=9,                      ms a 1 C9 c",
        "append a x,                             ms a 1 MA c",
        "prepend a x cas=3,                      ms a 1 MP C3 c",
        "delete a,                               md a",
        "deleteq a cas=4,                        md a C4",
        "incr a delta=5 initial=7 exp=60,        ma a D5 J7 N60 v c",
        "incr a delta=0xffffffffffffffff exp=0xffffffff, ma a D18446744073709551615 v c",
        "decrq a delta=1 exp=0xfffffffe cas=2,   ma a MD D1 J0 N0 C2 v c",
        "touch a exp=5,                          mg a T5 f c k",
        "gatkq a exp=0,                          mg a T0 v f c k",
        "gat a%0d exp=0xffffffff,                mg YQ0= b T0 v f c",
    })
    void aRequestIsSaidInMetaCommands(String script, String line) {
        assertThat(line(script)).isEqualTo(line);
    }

    @ParameterizedTest
    @CsvSource({
        "get k{250}, true",
        "get %7f%09x{248}, true",
        "get %20k{185}, true",
        "get %20k{186}, false",
        "get k{249}%00, false",
    })
    void aLongKeyThatMustBeEncodedHasNoLine(String script, boolean canCarry) {
        assertThat(MetaLine.canCarry(request(script))).isEqualTo(canCarry);
    }

    @ParameterizedTest
    @CsvSource({
        "get a,   HD f7 c12 ka,               7, 12, true",
        "get a,   VA 5 f4294967295 c18446744073709551615 ka W X, 4294967295, 18446744073709551615, true",
        "get a,   VA 5 f0 c1 kb,              0, 1, false",
        "get a,   VA 5 f0 c1,                 0, 1, false",
        "get c5,  HD kc5 f1 c2,               1, 2, true",
        "get %20, HD f1 c2 b,                 1, 2, true",
    })
    void anAnswerIsReadFlagByFlag(String script, String line, String flags, String cas, boolean ofRequest) {
        byte[] bytes = (line + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        AnswerFlags answer = new AnswerFlags(bytes, bytes.length - 2);
        assertThat(Long.toUnsignedString(answer.number('f'))).isEqualTo(flags);
        assertThat(Long.toUnsignedString(answer.number('c'))).isEqualTo(cas);
        assertThat(answer.isOf(request(script))).isEqualTo(ofRequest);
    }

    @Test
    void theLongestLineFits() {
        String line = line(
                "decr k{250} delta=0xffffffffffffffff initial=0xffffffffffffffff exp=0x7fffffff cas=0xffffffffffffffff");
        assertThat(line.length()).isLessThanOrEqualTo(MetaLine.MAX_BYTES);
    }

    private static String line(String script) {
        ByteBuf out = Unpooled.buffer();
        MetaLine.append(request(script), out);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static BinaryRequest request(String script) {
        BinaryRequestParser parser = new BinaryRequestParser();
        assertThat(parser.read(Unpooled.wrappedBuffer(Packets.of(script))))
                .isEqualTo(BinaryRequestParser.ParseResult.GOOD);
        return parser.request();
    }
}
