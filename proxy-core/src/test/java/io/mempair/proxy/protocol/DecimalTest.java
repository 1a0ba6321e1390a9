package io.mempair.proxy.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalTest {

    @ParameterizedTest
    @CsvSource({"0,0", "7,7", "007,7", "4294967295,4294967295", "4294967296,-1", "4294967297,-1"})
    void anUnsignedNumberIsReadUpToItsMaximumAndNotWrapped(String text, long expected) {
        assertThat(unsigned(text, 0xFFFF_FFFFL)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", " 1", "1 ", "1x", "x", "99999999999999999999999"})
    void whatIsNoNumberIsRefused(String text) {
        assertThat(unsigned(text, Long.MAX_VALUE)).isEqualTo(Decimal.NOT_A_NUMBER);
    }

    @Test
    void theWidthOfNumbersIsJudgedAsBigIntegerJudgesIt() {
        Random random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            BigInteger value = new BigInteger(60 + random.nextInt(8), random);
            BigInteger signed = random.nextBoolean() ? value : value.negate();

            assertThat(isUnsignedLong(value.toString())).as("%s", value).isEqualTo(value.bitLength() <= 64);
            assertThat(isSignedLong(signed.toString())).as("%s", signed).isEqualTo(signed.bitLength() <= 63);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775807", "-9223372036854775808", "0", "-0", "-1"})
    void theEdgesOfSignedNumbersAreAccepted(String text) {
        assertThat(isSignedLong(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "-9223372036854775809", "-", "", "--1", "1-"})
    void whatIsBeyondTheEdgesIsRefused(String text) {
        assertThat(isSignedLong(text)).isFalse();
    }

    private static long unsigned(String text, long max) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return Decimal.unsigned(bytes, 0, bytes.length, max);
    }

    private static boolean isUnsignedLong(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return Decimal.isUnsignedLong(bytes, 0, bytes.length);
    }

    private static boolean isSignedLong(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return Decimal.isSignedLong(bytes, 0, bytes.length);
    }
}
