package io.mempair.ha.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.address.GuardCommand.GuardCommandKind;
import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.time.SystemClock;
import org.junit.jupiter.api.Test;

/** Commands that no guard was there for; the interfaces are one that is none, and one that carries its address for ever. */
class GuardAnswersTest {

    private static final VirtualAddressConfig NOWHERE = new VirtualAddressConfig("10.91.0.100", 24, "nope7");
    private static final VirtualAddressConfig CARRIED = new VirtualAddressConfig("127.0.0.1", 8, "lo");
    private static final GuardCommand CLAIM = new GuardCommand(GuardCommandKind.CLAIM, 7, false);
    private static final GuardCommand RELEASE = new GuardCommand(GuardCommandKind.RELEASE, 7, false);

    private final HeardListener heard = new HeardListener();

    private GuardAnswers answers(VirtualAddressConfig config) {
        GuardRemarks remarks = new GuardRemarks(config, new SystemClock());
        GuardAnswers answers = new GuardAnswers(config, new GuardPulse(), remarks, late -> false);
        answers.start(heard);
        return answers;
    }

    @Test
    void whatWasReleasedWithoutAGuardIsNotKeptByTheNext() {
        GuardAnswers answers = answers(NOWHERE);
        answers.expect(CLAIM);

        answers.refuse(RELEASE);

        assertThat(answers.isWanted()).isFalse();
        assertThat(heard.lines).containsExactly("released 7");
    }

    @Test
    void aReleaseWithoutAGuardOfWhatIsStillThereIsAnsweredWhenTheNextHasDroppedIt() {
        GuardAnswers answers = answers(CARRIED);

        answers.refuse(RELEASE);

        assertThat(heard.lines).isEmpty();
        assertThat(answers.forget()).containsExactly(RELEASE);
    }

    @Test
    void aClaimWithoutAGuardFailsAndChangesNothingForTheNext() {
        GuardAnswers answers = answers(NOWHERE);
        answers.expect(CLAIM);

        answers.refuse(CLAIM);

        assertThat(answers.isWanted()).isTrue();
        assertThat(heard.lines).containsExactly("failed 7 the guard is not running");
    }
}
