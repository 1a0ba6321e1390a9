package io.mempair.ha.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RiseFallTest {

    /** Runs and the result after each: + good, - failed. */
    @ParameterizedTest
    @CsvSource({
        "2, 2, +,       +",
        "2, 2, -,       -",
        "2, 2, +--,     ++-",
        "2, 2, +-+-+-,  ++++++",
        "2, 3, +----,   +++--",
        "3, 1, +-+++,   +---+",
        "3, 1, +-++-+++, +------+",
        "1, 1, -+-+,    -+-+"
    })
    void aStandingChangesAfterSoManyRunsInARow(int rise, int fall, String runs, String statuses) {
        RiseFall status = new RiseFall(rise, fall);
        StringBuilder seen = new StringBuilder();

        for (int i = 0; i < runs.length(); i++) {
            status = status.after(runs.charAt(i) == '+');
            seen.append(status.good() ? '+' : '-');
        }

        assertThat(seen).hasToString(statuses);
    }
}
