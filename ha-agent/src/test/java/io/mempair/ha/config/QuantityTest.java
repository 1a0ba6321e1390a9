package io.mempair.ha.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {

    @ParameterizedTest
    @CsvSource({"5ms,PT0.005S", "1s,PT1S", "2m,PT2M", "10us,PT0.00001S", "0s,PT0S"})
    void aDurationIsANumberWithAUnit(String text, Duration expected) {
        assertThat(Quantity.duration(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "ms", "-1s", "1.5s", "1 s", "9999999999s", ""})
    void anythingElseIsNoDuration(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Quantity.duration(text))
                .withMessageContaining("expected: a duration");
    }

    @ParameterizedTest
    @CsvSource({"0,0", "65536,65536", "64k,65536", "1M,1048576", "2g,2147483648"})
    void aSizeIsBytesWithAnOptionalUnit(String text, long expected) {
        assertThat(Quantity.sizeBytes(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "k", "-1", "1kb", "999999999999g", "9999999999999"})
    void anythingElseIsNoSize(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Quantity.sizeBytes(text))
                .withMessageContaining("expected: ");
    }
}
