package io.mempair.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiteralAddressTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1, true",
        "10.0.0.1, ::ffff:10.0.0.1, true",
        "2001:db8::1, 2001:DB8:0::1, true",
        "Cache, cache, true",
        "10.0.0.1, 10.0.0.2, false",
        "localhost, 127.0.0.1, false",
        "fe80::1%eth0, fe80::1%eth1, false",
        "fe80::1%eth0, FE80::1%eth0, true",
        "cache, cache1, false"
    })
    void twoSpellingsAreOneHostIfTheyMeanOne(String one, String other, boolean same) {
        assertThat(LiteralAddress.isSame(one, other)).isEqualTo(same);
        assertThat(LiteralAddress.isSame(other, one)).isEqualTo(same);
        assertThat(LiteralAddress.canonical(one).equals(LiteralAddress.canonical(other)))
                .isEqualTo(same);
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, every address",
        "::, every address",
        "224.0.0.1, a multicast address",
        "ff02::1, a multicast address",
        "255.255.255.255, the broadcast address"
    })
    void whatIsNoHostIsSaid(String host, String what) {
        assertThat(LiteralAddress.hostless(host)).isEqualTo(what);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "cache", "::1", "fe80::1%eth0"})
    void anAddressOfAHostIsOne(String host) {
        assertThat(LiteralAddress.hostless(host)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, true", "127.9.9.9, true", "::1, true", "LocalHost, true", "10.0.0.1, false", "local, false"
    })
    void onlyThisHostItselfIsLoopback(String host, boolean loopback) {
        assertThat(LiteralAddress.isLoopback(host)).isEqualTo(loopback);
    }
}
