package io.mempair.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationTextTest {

    @ParameterizedTest
    @CsvSource({
        "PT0S,0s",
        "PT0.00001S,10us",
        "PT0.005S,5ms",
        "PT1.5S,1500ms",
        "PT59S,59s",
        "PT2M,2m",
        "PT24H1M,1441m",
        "PT16666666H39M,999999999m"
    })
    void aDurationIsShownAsItIsWritten(Duration duration, String text) {
        assertThat(DurationText.of(duration)).isEqualTo(text);
    }
}
