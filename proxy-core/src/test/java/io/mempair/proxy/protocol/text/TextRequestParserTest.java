package io.mempair.proxy.protocol.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.protocol.Command;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextRequestParserTest {

    private static final String KEY_250 = "k".repeat(250);
    private static final String KEY_251 = "k".repeat(251);

    private final TextRequestParser parser = new TextRequestParser();

    @ParameterizedTest
    @CsvSource({
        "get a,                      get a",
        "delete a,                   delete a",
        "delete a 0,                 delete a",
        "delete a noreply,           delete a",
        "delete a 0 noreply,         delete a",
        "incr a 5,                   incr a 5",
        "decr a 18446744073709551615 noreply, decr a 18446744073709551615",
        "touch a -1,                 touch a -1",
        "set a 0 0 5,                set a 0 0 5",
        "set a 4294967295 -1 0 noreply, set a 4294967295 -1 0",
        "cas a 1 2 3 4,              cas a 1 2 3 4",
        "cas a 1 2 3 18446744073709551615 noreply, cas a 1 2 3 18446744073709551615",
        "set a 0 0 5 bogus,          set a 0 0 5",
        "flush_all,                  flush_all",
        "flush_all 10,               flush_all 10",
        "flush_all noreply,          flush_all",
        "flush_all 10 noreply,       flush_all 10",
        "flush_all 10 bogus,         flush_all 10",
    })
    void aGoodLineIsPassedOnWithoutNoreply(String line, String forwarded) {
        assertThat(errorOf(line)).isNull();
        assertThat(forwarded()).isEqualTo(forwarded + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"  set  q   0 0  2 ", " set q 0 0 2", "set q 0 0 2 ", "set  q 0 0 2"})
    void oddSpacesAreTakenOutBeforeAServerSeesThem(String line) {
        assertThat(errorOf(line)).isNull();
        assertThat(forwarded()).isEqualTo("set q 0 0 2\r\n");
        assertThat(parser.request().dataBytes()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "'',                         ERROR",
        "'   ',                      ERROR",
        "GET a,                      ERROR",
        "gett a,                     ERROR",
        "get,                        ERROR",
        "gets,                       ERROR",
        "gat,                        ERROR",
        "gat 0,                      END",
        "gat x a,                    CLIENT_ERROR invalid exptime argument",
        "set a 0 0,                  ERROR",
        "set a 0 0 5 noreply x,      ERROR",
        "set a x 0 5,                CLIENT_ERROR bad command line format",
        "set a -1 0 5,               CLIENT_ERROR bad command line format",
        "set a 4294967296 0 5,       CLIENT_ERROR bad command line format",
        "set a 0 x 5,                CLIENT_ERROR bad command line format",
        "set a 0 0 x,                CLIENT_ERROR bad command line format",
        "set a 0 0 -1,               CLIENT_ERROR bad command line format",
        "set a 0 0 2147483646,       CLIENT_ERROR bad command line format",
        "set a 0 0 4294967297,       CLIENT_ERROR bad command line format",
        "cas a 0 0 5,                ERROR",
        "cas a 0 0 5 x,              CLIENT_ERROR bad command line format",
        "cas a 0 0 5 18446744073709551616, CLIENT_ERROR bad command line format",
        "delete,                     ERROR",
        "delete a 5,                 'CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]'",
        "delete a b c,               'CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]'",
        "incr a,                     ERROR",
        "incr a x,                   CLIENT_ERROR invalid numeric delta argument",
        "incr a -1,                  CLIENT_ERROR invalid numeric delta argument",
        "incr a 18446744073709551616, CLIENT_ERROR invalid numeric delta argument",
        "incr a 1 2 3,               ERROR",
        "touch a,                    ERROR",
        "touch a x,                  CLIENT_ERROR invalid exptime argument",
        "flush_all x,                CLIENT_ERROR invalid exptime argument",
        "flush_all 0 1 2,            ERROR",
        "verbosity,                  ERROR",
        "verbosity a,                CLIENT_ERROR bad command line format",
    })
    void aBadLineGetsTheReplyOfMemcached(String line, String reply) {
        assertThat(errorOf(line)).isEqualTo(reply + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"get %s", "gets a %s b", "set %s 0 0 5", "delete %s", "incr %s 1", "touch %s 0", "gat 0 %s"})
    void aKeyOf250BytesIsTakenAndOneOf251IsNot(String form) {
        assertThat(errorOf(String.format(form, KEY_250))).isNull();
        assertThat(errorOf(String.format(form, KEY_251))).isEqualTo("CLIENT_ERROR bad command line format\r\n");
    }

    @Test
    void aKeyMayHoldAnyByteButSpaceLineFeedAndNul() {
        assertThat(errorOf("get a\u0001\t\u00ff\rb")).isNull();
        assertThat(errorOf("get a\u0000b")).isEqualTo("CLIENT_ERROR bad command line format\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"set a x 0 5 noreply", "cas a 0 0 5 x noreply", "incr a x noreply", "delete a 5 noreply"})
    void anErrorBehindNoreplyIsNotTold(String line) {
        assertThat(errorOf(line)).isNotNull();
        assertThat(parser.request().noreply()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"watch", "shutdown", "lru_crawler enable", "slabs automove 1", "cache_memlimit 1"})
    void whatConcernsOneServerOnlyIsRefused(String line) {
        assertThat(errorOf(line)).startsWith("CLIENT_ERROR command refused");
    }

    @Test
    void theKeysOfARetrievalAreFoundInOrderDuplicatesIncluded() {
        assertThat(errorOf("gats  60 a   bb a ")).isNull();

        TextRequest request = parser.request();
        List<String> keys = new ArrayList<>();
        for (int key = request.keyOffset(); key >= 0; key = request.nextKey(request.tokenEnd(key))) {
            keys.add(text(request, key, request.tokenEnd(key)));
        }
        assertThat(keys).containsExactly("a", "bb", "a");
        assertThat(new String(request.retrievalHead(), StandardCharsets.ISO_8859_1))
                .isEqualTo("gats 60");
    }

    @Test
    void aRetrievalOfManyThousandKeysIsRead() {
        String line = "get" + " key".repeat(20_000);

        assertThat(errorOf(line)).isNull();
        assertThat(parser.request().hasSingleKey()).isFalse();
    }

    @Test
    void aCopyKeepsItsValuesWhenTheNextLineIsRead() {
        errorOf("set first 1 2 3");
        TextRequest copy = parser.request().copy();
        errorOf("delete second");

        assertThat(copy.command()).isEqualTo(Command.SET);
        assertThat(text(copy, copy.keyOffset(), copy.keyOffset() + copy.keyLength()))
                .isEqualTo("first");
        assertThat(copy.dataBytes()).isEqualTo(3);
    }

    /** Whatever passes must be a line every server reads as one request of the same kind. */
    @Test
    void noRandomLineIsPassedOnMalformed() {
        Random random = new Random(7);
        String[] words = {"set", "get", "a", "0", "-1", "5", "noreply", "cas", "incr", "\u0000", "\r", "", "99999999999"
        };
        int accepted = 0;
        for (int i = 0; i < 50_000; i++) {
            StringBuilder line = new StringBuilder();
            for (int words0 = random.nextInt(8); words0 >= 0; words0--) {
                line.append(words[random.nextInt(words.length)]).append(" ".repeat(random.nextInt(3)));
            }
            if (errorOf(line.toString()) == null && parser.request().command().kind() == Command.CommandKind.STORAGE) {
                accepted++;
                assertThat(forwarded())
                        .as("line %d '%s'", i, line)
                        .matches("(set|cas) [^ \\n\\x00]+ \\d+ -?\\d+ \\d+( \\d+)?\r\n");
            }
        }
        assertThat(accepted).isPositive();
    }

    private String errorOf(String line) {
        ByteBuf in = Unpooled.copiedBuffer("xx" + line, StandardCharsets.ISO_8859_1);
        byte[] error = parser.read(in, 2, in.readableBytes() - 2);
        in.release();
        return error == null ? null : new String(error, StandardCharsets.US_ASCII);
    }

    private String forwarded() {
        ByteBuf out = Unpooled.buffer();
        parser.request().appendLine(out);
        String text = out.toString(StandardCharsets.ISO_8859_1);
        out.release();
        return text;
    }

    private static String text(TextRequest request, int from, int to) {
        return new String(request.bytes(), from, to - from, StandardCharsets.ISO_8859_1);
    }
}
