package io.mempair.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerAddressTest {

    @ParameterizedTest
    @CsvSource({
        "cache1,          cache1:11211",
        "cache1:12000,    cache1:12000",
        "10.0.0.1,        10.0.0.1:11211",
        "[fd00::1]:12000, [fd00::1]:12000",
        "[fd00::1],       [fd00::1]:11211",
        "fd00::1,         [fd00::1]:11211",
    })
    void anAddressIsReadAndWritten(String text, String expected) {
        assertThat(ServerAddress.parse(text, 11_211)).hasToString(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":11211", "a:0", "a:65536", "a:x", "a:", "[fd00::1", "[fd00::1]x", "a b"})
    void whatIsNoAddressIsNamedInTheError(String text) {
        assertThatThrownBy(() -> ServerAddress.parse(text, 11_211))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("expected");
    }
}
