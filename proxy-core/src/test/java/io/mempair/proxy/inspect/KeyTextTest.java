package io.mempair.proxy.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyTextTest {

    @Test
    void whatIsShownIsReadBack() {
        var random = new Random(7);
        for (int i = 0; i < 5_000; i++) {
            byte[] key = new byte[random.nextInt(251)];
            random.nextBytes(key);

            assertThat(KeyText.read(KeyText.plain(key, 0, key.length))).isEqualTo(key);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "user:42, user:42",
        "a\\x20b, a b",
        "a\\x5Cb, a\\b",
        "a\\b, a\\b",
        "a\\x, a\\x",
        "a\\x2, a\\x2",
        "a\\x2g, a\\x2g",
        "a\\xg2, a\\xg2",
        "\\\\x41, \\A",
        "schl\u00fcssel, schl\u00fcssel"
    })
    void aBackslashThatBeginsNoByteIsItself(String written, String key) {
        assertThat(new String(KeyText.read(written), StandardCharsets.UTF_8)).isEqualTo(key);
    }
}
