package io.mempair.ha.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class StartFailuresTest {

    private final StartFailures failures = new StartFailures();

    @Test
    void thePauseDoublesUpToFiveSecondsAndStartsAnewWhenItWorked() {
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            failures.failed("no setsid");
            pauses.add(failures.pause().toMillis());
        }
        assertThat(pauses).containsExactly(500L, 1_000L, 2_000L, 4_000L, 5_000L, 5_000L);

        failures.worked();
        failures.failed("no setsid");

        assertThat(failures.pause()).hasMillis(500);
    }

    @Test
    void aReasonIsNewsUntilItChangesOrItWorked() {
        assertThat(failures.failed("no setsid")).isTrue();
        assertThat(failures.failed("no setsid")).isFalse();
        assertThat(failures.failed("no bash")).isTrue();
        assertThat(failures.failed("no setsid")).isTrue();

        assertThat(failures.worked()).isTrue();
        assertThat(failures.worked()).isFalse();
        assertThat(failures.failed("no setsid")).isTrue();
    }
}
