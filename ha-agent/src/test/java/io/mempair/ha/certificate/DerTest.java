package io.mempair.ha.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DerTest {

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "2.5.29.19, 0603551d13",
        "1.2.840.10045.4.3.2, 06082a8648ce3d040302",
        "1.3.6.1.5.5.7.3.1, 06082b06010505070301",
        "1.2.127, 06022a7f",
        "1.2.128, 06032a8100",
        "1.2.16384, 06042a818000"
    })
    void anObjectIdentifierHasSevenBitsAByte(String dotted, String expected) {
        assertThat(hex(Der.oid(dotted))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"127, 047f", "128, 048180", "255, 0481ff", "256, 04820100", "65536, 0483010000"})
    void aLengthTakesAsFewBytesAsItCan(int length, String expected) {
        assertThat(hex(Der.octets(new byte[length]))).startsWith(expected).hasSize(expected.length() + 2 * length);
    }

    @Test
    void aYearHasFourDigitsFrom2050On() {
        assertThat(new String(Der.time(Instant.parse("2049-12-31T23:59:59Z")), 2, 13, StandardCharsets.US_ASCII))
                .isEqualTo("491231235959Z");
        assertThat(hex(Der.time(Instant.parse("2049-12-31T23:59:59Z")))).startsWith("170d");
        assertThat(hex(Der.time(Instant.parse("2050-01-01T00:00:00Z")))).startsWith("180f");
    }

    @Test
    void aNumberWhoseHighestBitIsSetIsNotNegative() {
        assertThat(hex(Der.integer(BigInteger.valueOf(128)))).isEqualTo("02020080");
        assertThat(hex(Der.integer(BigInteger.ZERO))).isEqualTo("020100");
    }

    @Test
    void bitsSayHowManyAreUnused() {
        assertThat(hex(Der.bits(7, (byte) 0x80))).isEqualTo("03020780");
    }
}
