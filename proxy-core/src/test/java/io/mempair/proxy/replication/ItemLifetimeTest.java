package io.mempair.proxy.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ItemLifetimeTest {

    private static final int THIRTY_DAYS = 2_592_000;

    @ParameterizedTest
    @CsvSource({
        "-1, 1700000000, 0",
        "0, 1700000000, -1",
        "-2, 1700000000, -1",
        "1, 1700000000, 1",
        "2591999, 1700000000, 2591999",
        "2592000, 1700000000, 2592000",
        "2592001, 1700000000, 1702592001",
        "3456000, 1700000000, 1703456000",
        "447483646, 1700000000, 2147483646",
        "447483647, 1700000000, 2147483647",
        "447483648, 1700000000, 2147483647",
        "9007199254740992, 1700000000, 2147483647",
        "-1, 0, 0",
        "0, 0, -1",
        "1, 0, 1",
    })
    void whatIsLeftAtTheSourceIsToldTheTarget(long remainingSeconds, long clockSeconds, long exptime) {
        assertThat(ItemLifetime.exptime(remainingSeconds, clockSeconds)).isEqualTo(exptime);
    }

    @ParameterizedTest
    @CsvSource({"2592000, 2592000", "2592001, 2591999", "99999999, 2591999"})
    void aTargetWhoseClockIsNotKnownKeepsAnItemThirtyDaysAtMost(long remainingSeconds, long exptime) {
        assertThat(ItemLifetime.exptime(remainingSeconds, 0)).isEqualTo(exptime).isLessThanOrEqualTo(THIRTY_DAYS);
    }
}
