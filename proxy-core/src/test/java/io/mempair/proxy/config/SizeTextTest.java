package io.mempair.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizeTextTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1023, 1023",
        "1024, 1k",
        "1536, 1536",
        "133170176, 130049k",
        "134217728, 128m",
        "1073741824, 1g",
        "1099511627776, 1024g"
    })
    void aSizeIsToldInTheLargestUnitWithoutARest(long bytes, String text) {
        assertThat(SizeText.of(bytes)).isEqualTo(text);
    }
}
