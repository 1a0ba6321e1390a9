package io.mempair.ha.election;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A node of two that asks something else before it is active alone. */
class TieBreakerTest extends DrivenElection {

    TieBreakerTest() {
        super(new Policy(false, false, true, false, 0));
    }

    private void passWithAnswers(long millis) {
        for (long end = nowMillis + millis; nowMillis < end; ) {
            feed(now -> new Event.TieBreakerHeard(now, now));
            pass(Math.min(200, end - nowMillis));
        }
    }

    private void becomeActive() {
        startAt(0);
        passWithAnswers(1_800);
        feed(now -> new Event.AddressClaimed(now, election.epoch()));
        feed(now -> new Event.PortOpened(now, election.epoch()));
        assertThat(election.role()).isEqualTo(Role.ACTIVE);
        effects.clear();
    }

    @Test
    void withoutAnAnswerALoneNodeStaysStandby() {
        startAt(0);
        pass(30_000);
        assertThat(claims()).isFalse();
        assertThat(election.role()).isEqualTo(Role.STANDBY);
    }

    @Test
    void theFirstAnswersAfterASilenceAreNotEnough() {
        startAt(0);
        pass(3_000);
        passWithAnswers(1_400);
        assertThat(claims()).isFalse();

        passWithAnswers(200);

        assertThat(claims()).isTrue();
    }

    @Test
    void aloneItIsActiveOnlyWhileTheAnswersCome() {
        becomeActive();
        passWithAnswers(5_000);
        assertThat(effects(Effect.ReleaseAddress.class)).isEmpty();

        pass(550);

        assertThat(effects(Effect.ReleaseAddress.class)).isNotEmpty();
    }

    @Test
    void anAnswerToAnOldQuestionIsWorthNoMoreThanTheQuestion() {
        becomeActive();
        long asked = local();
        pass(300);
        feed(now -> new Event.TieBreakerHeard(now, asked));

        pass(250);

        assertThat(effects(Effect.ReleaseAddress.class)).isNotEmpty();
    }

    @Test
    void withoutItsTieBreakerItHandsOverToAPeerThatHasOne() {
        becomeActive();
        for (int i = 0; i < 8; i++) {
            hear(fromA(Role.STANDBY, 1, 0, false));
            hear(new Message.Support("a", 1, local(), true, 1, 0));
            pass(100);
        }

        assertThat(effects(Effect.ClosePort.class)).isNotEmpty();
    }
}
