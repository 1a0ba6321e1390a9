package io.mempair.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientNetworkTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "192.168.1.7, 192.168.1.7, true",
        "192.168.1.7, 192.168.1.6, false",
        "192.168.1.128/25, 192.168.1.127, false",
        "192.168.1.128/25, 192.168.1.255, true",
        "0.0.0.0/0, 200.1.2.3, true",
        "0.0.0.0/0, ::1, false",
        "::1/128, ::1, true",
        "::/0, fd00::1, true",
        "fd00:0:0:1::/64, fd00:0:0:1::ffff, true",
        "fd00:0:0:1::/64, fd00:0:0:2::1, false",
        "::/0, ::ffff:10.0.0.1, false",
        "10.0.0.0/8, ::ffff:10.0.0.1, true",
    })
    void aNetworkContainsWhatSharesItsPrefix(String network, String address, boolean inside)
            throws UnknownHostException {
        assertThat(ClientNetwork.parse(network).contains(InetAddress.getByName(address)))
                .isEqualTo(inside);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.1/8      | (expected: 10.0.0.0/8, or 10.0.0.1 alone)",
                "10.0.0.0/33     | (expected: a prefix of at most 32 bits)",
                "::1/129         | (expected: a prefix of at most 128 bits)",
                "10.0.0.0/-1     | (expected: a network such as 10.0.0.0/8 or ::1/128)",
                "10.0.0.0/       | (expected: a network",
                "10.0.0/8        | (expected: a network",
                "web1            | (expected: a network",
                "fe80::1%eth0    | (expected: a network",
            })
    void whatIsNoNetworkIsRefusedWithTheRemedy(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClientNetwork.parse(text))
                .withMessageStartingWith('\'' + text + "' " + message);
    }

    @Test
    void equalNetworksAreEqualHoweverWritten() {
        assertThat(ClientNetwork.parse("::1")).isEqualTo(ClientNetwork.parse("0:0::1/128"));
        assertThat(ClientNetwork.parse("10.0.0.0/8"))
                .hasToString("10.0.0.0/8")
                .isNotEqualTo(ClientNetwork.parse("10.0.0.0/9"));
    }
}
