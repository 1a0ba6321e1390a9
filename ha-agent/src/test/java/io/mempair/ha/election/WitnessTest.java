package io.mempair.ha.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Message.Resign;
import io.mempair.ha.election.Message.Support;
import io.mempair.ha.election.Message.Terms;
import org.junit.jupiter.api.Test;

/** The third voter, seen from itself: whom it answers, and when. */
class WitnessTest extends DrivenElection {

    private static final Terms WITNESSED = new Terms(true, false, 700 * MILLIS);

    WitnessTest() {
        super(Policy.WITNESS);
    }

    private void asks(String node, long epoch, Terms terms) {
        hear(new Heartbeat(node, 7, 100, Role.STANDBY, true, 0, epoch, false, local(), terms));
    }

    private Support lastAnswer() {
        var sent = effects(Effect.SendSupport.class);
        return sent.get(sent.size() - 1).support();
    }

    private void vote() {
        startAt(0);
        pass(1_600);
        assertThat(election.role()).isEqualTo(Role.WITNESS);
    }

    @Test
    void itPromisesNothingBeforeAnEarlierRunsPromiseIsSurelyOver() {
        startAt(0);
        pass(1_400);
        asks("a", 1, WITNESSED);
        assertThat(lastAnswer().granted()).isFalse();

        pass(200);
        asks("a", 1, WITNESSED);
        assertThat(lastAnswer().granted()).isTrue();
    }

    @Test
    void itSupportsOneAtATimeAndTellsTheOtherHowLongThatLasts() {
        vote();
        asks("a", 1, WITNESSED);
        pass(100);

        asks("c", 2, WITNESSED);

        assertThat(lastAnswer().granted()).isFalse();
        assertThat(lastAnswer().busyNanos()).isEqualTo(600 * MILLIS);
        pass(600);
        asks("c", 2, WITNESSED);
        assertThat(lastAnswer().granted()).isTrue();
    }

    @Test
    void anEndThatIsSaidOrProvedFreesItsPromise() {
        vote();
        asks("a", 1, WITNESSED);
        hear(new Resign("a", 7, 1, false, local()));
        asks("c", 2, WITNESSED);
        assertThat(lastAnswer().granted()).as("after a resigned").isTrue();

        feed(now -> new Event.PeerDied(now, "c", 7));
        pass(25);
        asks("a", 3, WITNESSED);
        assertThat(lastAnswer().granted()).as("after c died").isTrue();
    }

    @Test
    void aLongerLeaseThanItsOwnIsPromisedInFull() {
        vote();
        asks("a", 1, new Terms(true, false, 2_000 * MILLIS));
        pass(1_900);
        asks("c", 2, WITNESSED);
        assertThat(lastAnswer().granted()).isFalse();
    }

    @Test
    void aNodeThatCountsTwoVotersGetsNoSupportAndTheOperatorALine() {
        vote();
        asks("a", 1, TERMS);

        assertThat(lastAnswer().granted()).isFalse();
        assertThat(effects(Effect.Say.class)).anyMatch(say -> say.line().contains("group.mode"));
    }

    @Test
    void itNeverClaimsAndStopsAtOnce() {
        vote();
        pass(20_000);
        assertThat(claims()).isFalse();

        feed(Event.StopRequested::new);

        assertThat(effects).contains(new Effect.Stopped());
    }
}
