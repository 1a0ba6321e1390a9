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
        "cache_1.example-2.org:1, cache_1.example-2.org:1",
        "1cache,          1cache:11211",
    })
    void anAddressIsReadAndWritten(String text, String expected) {
        assertThat(ServerAddress.parse(text, 11_211)).hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        10.77.0.21,10.77.0.22         | several are a list: [10.77.0.21, 10.77.0.22]
        10.77.0.21:11211 , b:11211    | several are a list: [10.77.0.21:11211, b:11211]
        127.0.0.1:21001:5             | a weight is taken in proxy.servers of a file, with a distribution that has weights
        cache1:11211:2.5              | a weight is taken in proxy.servers of a file, with a distribution that has weights
        ::1:21001                     | an IPv6 address with a port needs brackets
        /run/memcached.sock           | unix sockets are not supported here
        10.77.0.21/24                 | a prefix length belongs to virtual-address.address only: 10.77.0.21
        fd00::21/64                   | a prefix length belongs to virtual-address.address only: fd00::21
        10.77.0.300                   | an IPv4 address is four numbers of 0..255
        10.77.0.300:11211             | an IPv4 address is four numbers of 0..255
        10.77.0                       | an IPv4 address is four numbers of 0..255
        10.77.0.1.2                   | an IPv4 address is four numbers of 0..255
        21:11211                      | an IPv4 address is four numbers of 0..255
        """)
    void aSlipIsRefusedWithTheRemedy(String text, String hint) {
        assertThatThrownBy(() -> ServerAddress.parse(text, 11_211))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' (expected: host, host:port or [ipv6]:port; " + hint + ")");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":11211",
                "a:0",
                "a:65536",
                "a:x",
                "a:",
                "[fd00::1",
                "[fd00::1]x",
                "a b",
                "[a]:1",
                "[10.0.0.1]",
                "a;b",
                "http://a"
            })
    void whatIsNoAddressIsNamedInTheError(String text) {
        assertThatThrownBy(() -> ServerAddress.parse(text, 11_211))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("expected");
    }
}
