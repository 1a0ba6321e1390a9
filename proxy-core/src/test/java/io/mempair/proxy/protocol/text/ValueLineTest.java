package io.mempair.proxy.protocol.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValueLineTest {

    private static final int KEY_END = "VALUE k".length();

    @ParameterizedTest
    @CsvSource({
        "VALUE k 7 0, true, 7",
        "VALUE k 7 0 15, true, 7",
        "VALUE k 1836084325 0, true, 1836084325",
        "VALUE k 0 10, false, 0",
        "VALUE k 0 1 0, false, 0",
    })
    void sizeAndFlagsAreRead(String line, boolean empty, long flags) {
        byte[] bytes = bytes(line + "\r\nVALUE behind it");

        assertThat(ValueLine.isEmpty(bytes, KEY_END)).isEqualTo(empty);
        assertThat(ValueLine.flags(bytes, KEY_END)).isEqualTo(flags);
        assertThat(ValueLine.length(bytes, KEY_END)).isEqualTo(line.length() + 2);
    }

    @ParameterizedTest
    @CsvSource({
        "VALUE k 7 0 15, VALUE k 7 0 16",
        "VALUE k 7 0 9, VALUE k 7 0 10",
        "VALUE k 7 0, VALUE k 7 0",
        "VALUE k 7 0 18446744073709551614, VALUE k 7 0 18446744073709551615",
        "VALUE k 7 0 x, VALUE k 7 0 x",
    })
    void onlyTheIdIsReplaced(String line, String expected) {
        byte[] whole = ValueLine.withId(bytes(line + "\r\nold bytes 99\r\n"), KEY_END, id -> id + 1);

        assertThat(new String(whole, StandardCharsets.US_ASCII)).isEqualTo(expected + "\r\n");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
