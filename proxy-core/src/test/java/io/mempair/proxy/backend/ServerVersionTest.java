package io.mempair.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerVersionTest {

    @ParameterizedTest
    @CsvSource({
        "1.6.10, true",
        "1.6.18, true",
        "1.6.18-beta3, true",
        "1.7, true",
        "2.0.0, true",
        "1.6.9, false",
        "1.6, false",
        "1.5.22, false",
        "1.4.39, false",
        "mempair, false",
        "'', false",
        "99999999999999999999.1, true",
    })
    void aServerSpeaksMetaFromTheVersionThatMadeItWhatItIs(String version, boolean meta) {
        assertThat(ServerVersion.parse(version).speaksMeta()).isEqualTo(meta);
    }

    @ParameterizedTest
    @CsvSource({
        "1.6.27, true",
        "1.6.45, true",
        "1.6.27-beta3, true",
        "1.7, true",
        "1.6.26, false",
        "1.6.18, false",
        "1.6, false",
        "mempair, false",
    })
    void aServerTakesIdsFromTheVersionThatBroughtThem(String version, boolean takes) {
        assertThat(ServerVersion.parse(version).takesIds()).isEqualTo(takes);
    }

    @ParameterizedTest
    @CsvSource({"1.6.25, true", "1.6.45, true", "1.6.24, false", "1.6.18, false", "mempair, false"})
    void aFlushSparesTheRunningSecondFromTheVersionThatLooksAtNoIds(String version, boolean spares) {
        assertThat(ServerVersion.parse(version).sparesThisSecond()).isEqualTo(spares);
    }
}
