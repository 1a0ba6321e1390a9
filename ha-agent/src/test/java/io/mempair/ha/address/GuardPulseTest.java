package io.mempair.ha.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.address.GuardPulse.Finding;
import io.mempair.ha.address.GuardPulse.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuardPulseTest {

    private final GuardPulse pulse = new GuardPulse();
    private long nowNanos = 1_000;
    private boolean stopped;

    GuardPulseTest() {
        pulse.reset(nowNanos);
    }

    private Finding lookAfter(long millis, Patience patience) {
        nowNanos += Duration.ofMillis(millis).toNanos();
        return pulse.look(nowNanos, patience, () -> stopped);
    }

    /** Milliseconds of looks until it finds this. */
    private long until(Finding wanted, Patience patience) {
        for (long millis = 50; millis <= 10_000; millis += 50) {
            if (lookAfter(50, patience) == wanted) {
                return millis;
            }
        }
        throw new AssertionError("never " + wanted);
    }

    @Test
    void anIdleGuardIsPingedOnceASecondAndABusyOneTenTimes() {
        assertThat(until(Finding.PING, Patience.IDLE)).isEqualTo(1_000);
        pulse.answered(pulse.number());
        assertThat(until(Finding.PING, Patience.IDLE)).isEqualTo(1_000);
        pulse.answered(pulse.number());
        assertThat(until(Finding.PING, Patience.URGENT)).isEqualTo(100);
    }

    @Test
    void aGuardThatAnswersIsNeverSilent() {
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            found.add(lookAfter(50, Patience.URGENT));
            pulse.answered(pulse.number());
        }

        assertThat(found).contains(Finding.PING).doesNotContain(Finding.SILENT);
    }

    @Test
    void oneThatDoesNotAnswerIsSilentAfterTheLimit() {
        until(Finding.PING, Patience.URGENT);

        assertThat(until(Finding.SILENT, Patience.URGENT)).isEqualTo(400);
    }

    @Test
    void oneThatIsStoppedIsSilentSooner() {
        until(Finding.PING, Patience.URGENT);
        stopped = true;

        assertThat(until(Finding.SILENT, Patience.URGENT)).isEqualTo(100);
    }

    @Test
    void oneThatWasStoppedAndAnsweredIsNotSilent() {
        until(Finding.PING, Patience.IDLE);
        stopped = true;
        lookAfter(50, Patience.IDLE);
        pulse.answered(pulse.number());

        assertThat(lookAfter(50, Patience.IDLE)).isEqualTo(Finding.GOOD);
    }

    @Test
    void aPauseOfThisProcessIsNotTheGuardsSilence() {
        until(Finding.PING, Patience.URGENT);

        assertThat(lookAfter(60_000, Patience.URGENT)).isEqualTo(Finding.GOOD);
        pulse.answered(pulse.number());
        assertThat(lookAfter(50, Patience.URGENT)).isIn(Finding.GOOD, Finding.PING);
    }

    @Test
    void anAnswerToAnEarlierPingDoesNotCount() {
        until(Finding.PING, Patience.URGENT);
        pulse.answered(pulse.number() - 1);

        assertThat(until(Finding.SILENT, Patience.URGENT)).isEqualTo(400);
    }

    @Test
    void anotherGuardIsNotBlamedForTheSilenceOfTheLast() {
        until(Finding.PING, Patience.URGENT);
        until(Finding.SILENT, Patience.URGENT);

        pulse.reset(nowNanos);

        assertThat(lookAfter(50, Patience.URGENT)).isEqualTo(Finding.GOOD);
        assertThat(until(Finding.PING, Patience.URGENT)).isEqualTo(50);
    }
}
