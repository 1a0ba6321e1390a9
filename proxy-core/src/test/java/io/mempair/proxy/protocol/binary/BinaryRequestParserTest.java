package io.mempair.proxy.protocol.binary;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.protocol.binary.BinaryRequestParser.ParseResult;
import io.mempair.proxy.testkit.Packets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BinaryRequestParserTest {

    private final BinaryRequestParser parser = new BinaryRequestParser();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "get a",
                "getkq k{250}",
                "set a hello flags=0xffffffff exp=0x80000000 cas=0xffffffffffffffff opaque=0xffffffff",
                "append a hello",
                "delete a",
                "incr a delta=0xffffffffffffffff initial=0x8000000000000000 exp=0xffffffff",
                "touch a exp=5",
                "flush",
                "flushq delay=0x80000000",
                "noop",
                "quitq",
                "stat",
                "stat items",
                "saslauth PLAIN %00u%00p",
            })
    void aPacketIsReadOnceItsKeyIsThereAndNoByteEarlier(String script) {
        byte[] packet = Packets.of(script);
        ByteBuf whole = Unpooled.wrappedBuffer(packet);
        assertThat(parser.read(whole)).isEqualTo(ParseResult.GOOD);
        int prefix = whole.readerIndex();
        assertThat(parser.request().valueBytes()).isEqualTo(packet.length - prefix);

        for (int length = 0; length < prefix; length++) {
            ByteBuf part = Unpooled.wrappedBuffer(packet, 0, length);
            assertThat(parser.read(part)).as("%d of %d bytes", length, prefix).isEqualTo(ParseResult.INCOMPLETE);
            assertThat(part.readerIndex()).isZero();
        }
    }

    @Test
    void everyNumberOfTheHeaderIsTakenAsUnsigned() {
        assertThat(
                        read(
                                "incr a delta=0xfffffffffffffffe initial=0x8000000000000000 exp=0xfffffffe cas=0x8000000000000000"))
                .isEqualTo(ParseResult.GOOD);
        BinaryRequest request = parser.request();
        assertThat(request.exptime()).isEqualTo(4_294_967_294L);
        assertThat(request.creates()).isTrue();
        assertThat(Long.toUnsignedString(request.cas())).isEqualTo("9223372036854775808");
        assertThat(Long.toUnsignedString(request.delta)).isEqualTo("18446744073709551614");
    }

    @ParameterizedTest
    @CsvSource({
        "get k{251},                     MALFORMED",
        "get,                            MALFORMED",
        "get a ext=1,                    MALFORMED",
        "get a v,                        MALFORMED",
        "getq a bodylen=0x80000000,      MALFORMED",
        "getk a bodylen=0xffffffff,      MALFORMED",
        "get abc bodylen=2,              CONTRADICTORY",
        "get abc ext=12 bodylen=4,       CONTRADICTORY",
        "set a ext=12345678 bodylen=8,   CONTRADICTORY",
        "noop keylen=0 extlen=0 bodylen=0x80000000, MALFORMED",
        "noop v,                         MALFORMED",
        "quit k,                         MALFORMED",
        "version ext=1,                  MALFORMED",
        "set a v ext=1234567,            MALFORMED",
        "set a v ext=123456789,          MALFORMED",
        "set a v ext=1{255},             MALFORMED",
        "set k{251} v,                   MALFORMED",
        "append a v ext=12345678,        MALFORMED",
        "incr a ext=1{19},               MALFORMED",
        "incr a ext=1{21},               MALFORMED",
        "incr a v,                       MALFORMED",
        "touch a ext=123,                MALFORMED",
        "touch a ext=12345,              MALFORMED",
        "flush ext=123,                  MALFORMED",
        "flush a,                        MALFORMED",
        "flush delay=1 bodylen=5,        MALFORMED",
        "stat ext=1,                     MALFORMED",
        "saslauth,                       MALFORMED",
        "sasllist a,                     MALFORMED",
        "delete a v,                     MALFORMED",
        "op=1b,                          UNKNOWN",
        "op=1f key value ext=1,          UNKNOWN",
        "op=ff bodylen=0xffffffff,       UNKNOWN",
        "op=ff k{251},                   MALFORMED",
        "noop magic=0x81,                FOREIGN",
        "noop magic=0,                   FOREIGN",
        "touch a v exp=1,                GOOD",
        "stat a v,                       GOOD",
    })
    void lengthsAreComparedBeforeTheyAreBelieved(String script, ParseResult verdict) {
        assertThat(read(script)).isEqualTo(verdict);
    }

    @Test
    void aKeyAsLongAsItsFieldCanSayIsWaitedForAndRefused() {
        byte[] packet = Packets.of("get k{65535} ext=e{255}");
        assertThat(parser.read(Unpooled.wrappedBuffer(packet, 0, packet.length - 1)))
                .isEqualTo(ParseResult.INCOMPLETE);
        assertThat(parser.read(Unpooled.wrappedBuffer(packet))).isEqualTo(ParseResult.MALFORMED);
    }

    @Test
    void theLongestValueIsNotTakenForANegativeOne() {
        assertThat(read("set a bodylen=0xffffffff")).isEqualTo(ParseResult.GOOD);
        assertThat(parser.request().valueBytes()).isEqualTo(4_294_967_295L - 9);
    }

    @Test
    void pipelinedPacketsAreReadOneAfterTheOther() {
        ByteBuf in = Unpooled.wrappedBuffer(Packets.of("getq a|delete b|noop"));
        assertThat(parser.read(in)).isEqualTo(ParseResult.GOOD);
        assertThat(parser.request().opcode()).isEqualTo(Opcode.GETQ);
        BinaryRequest first = parser.request().copy();
        assertThat(parser.read(in)).isEqualTo(ParseResult.GOOD);
        assertThat(parser.request().opcode()).isEqualTo(Opcode.DELETE);
        assertThat(first.key()).containsExactly('a');
        assertThat(parser.read(in)).isEqualTo(ParseResult.GOOD);
        assertThat(parser.request().opcode()).isEqualTo(Opcode.NOOP);
        assertThat(in.isReadable()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void randomBytesAreReadOrRefusedAndNeverStandStill(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            byte[] bytes = new byte[24 + random.nextInt(400)];
            random.nextBytes(bytes);
            bytes[0] = (byte) 0x80;
            bytes[2] = 0;
            ByteBuf in = Unpooled.wrappedBuffer(bytes);
            ParseResult verdict = parser.read(in);
            assertThat(in.readerIndex() > 0)
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(verdict != ParseResult.INCOMPLETE);
        }
    }

    private ParseResult read(String script) {
        return parser.read(Unpooled.wrappedBuffer(Packets.of(script)));
    }
}
