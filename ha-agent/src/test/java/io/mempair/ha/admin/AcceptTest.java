package io.mempair.ha.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                                               | 1   | 1",
                "text/plain                                     | 1   | 0",
                "text/html, */*;q=0.1                           | 0.1 | 0.1",
                "text/*;q=0.3, text/plain;q=0.7                 | 0.7 | 0",
                "text/plain;q=0, */*                            | 0   | 1",
                "text/plain; version=0.0.4 ; q=0.25             | 0.25 | 0",
                "TEXT/PLAIN;Q=0.5                               | 0.5 | 0",
                "text/plain;q=2                                 | 0   | 0",
                "text/plain;q=x, text/plain;q=0.2               | 0.2 | 0",
            })
    void theClosestRangeCounts(String header, double plain, double json) {
        assertThat(new Accept(header).weightOf("text/plain")).isEqualTo(plain);
        assertThat(new Accept(header).weightOf("application/json")).isEqualTo(json);
    }

    /** The first is what Prometheus 2.42 sends. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                "application/openmetrics-text",
                "text/plain, application/openmetrics-text",
            })
    void openMetricsIsForWhoLikesItMost(String header) {
        assertThat(MetricsPage.contentType(header)).startsWith("application/openmetrics-text; version=1.0.0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/openmetrics-text;q=0.3,text/plain;q=0.5",
                "application/openmetrics-text;q=0",
                "application/openmetrics-text;q=0, */*",
                "*/*",
                "text/html",
            })
    void everybodyElseGetsThePlainForm(String header) {
        assertThat(MetricsPage.contentType(header)).startsWith("text/plain; version=0.0.4");
    }

    @Test
    void aHeaderOfAnyLengthIsLookedAtOnce() {
        assertThat(new Accept("a/b,".repeat(100_000) + "text/plain").weightOf("text/plain"))
                .isZero();
    }
}
