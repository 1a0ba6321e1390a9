package io.mempair.ha.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Message.Support;
import io.mempair.ha.election.Message.Terms;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A node of a pair with a witness, which may have missed what the last active node found out. */
class StateCatchUpTest extends DrivenElection {

    private static final Terms WITNESSED = new Terms(true, false, 700 * MILLIS);
    private static final StateVersion OLDER = new StateVersion(4, 9);
    private static final StateVersion NEWER = new StateVersion(5, 2);

    StateCatchUpTest() {
        super(Policy.WITNESSED);
    }

    private void heartbeat(String name, Role role, StateVersion state) {
        long reign = role == Role.ACTIVE ? 5 : 0;
        hear(new Heartbeat(
                name, 7, 50, role, role == Role.STANDBY, 5, reign, reign != 0, local(), WITNESSED, state, List.of()));
    }

    private void keep(StateVersion version) {
        feed(now -> new Event.StateKept(now, version));
    }

    private List<Heartbeat> requests() {
        return effects(Effect.SendHeartbeat.class).stream()
                .map(Effect.SendHeartbeat::heartbeat)
                .filter(beat -> beat.reignEpoch() != 0)
                .toList();
    }

    private void grant(StateVersion ofVoter) {
        List<Heartbeat> requests = requests();
        Heartbeat last = requests.get(requests.size() - 1);
        hear(new Support("w", last.reignEpoch(), last.sentNanos(), true, last.reignEpoch(), 0, ofVoter));
    }

    /** Both others are heard for a while, and nobody is active. */
    private void watch(Role ofA, StateVersion a, StateVersion w, long millis) {
        for (long passed = 0; passed < millis; passed += 100) {
            heartbeat("a", ofA, a);
            heartbeat("w", Role.WITNESS, w);
            pass(100);
        }
    }

    @Test
    void aNodeThatIsBehindAPeerThatCannotServeWaitsForItsState() {
        startAt(0);
        keep(OLDER);
        watch(Role.FAULT, NEWER, OLDER, 3_000);
        assertThat(requests()).isEmpty();

        keep(NEWER);

        assertThat(requests()).isNotEmpty();
    }

    @Test
    void aNodeThatIsBehindTheWitnessWaitsForItsState() {
        startAt(0);
        watch(Role.FAULT, OLDER, NEWER, 3_000);
        assertThat(requests()).isEmpty();

        keep(NEWER);

        assertThat(requests()).isNotEmpty();
    }

    /** Else a member that hears nothing could keep the pair from serving for ever. */
    @Test
    void theWaitForAMemberThatSendsNothingEndsWithAWarning() {
        startAt(0);
        keep(OLDER);
        watch(Role.FAULT, NEWER, OLDER, 8_000);

        assertThat(requests()).isNotEmpty();
        assertThat(effects(Effect.Warn.class)).anyMatch(warn -> warn.line().contains("without the server state"));
    }

    @Test
    void aVoteOfAMemberWithANewerStateStartsNoReignUntilThisNodeHasIt() {
        startAt(0);
        keep(OLDER);
        watch(Role.FAULT, OLDER, OLDER, 3_000);
        assertThat(requests()).isNotEmpty();
        grant(NEWER);
        assertThat(claims()).as("with an older state").isFalse();
        int asked = requests().size();

        keep(NEWER);
        assertThat(requests()).as("asks again at once").hasSizeGreaterThan(asked);
        grant(NEWER);

        assertThat(claims()).isTrue();
    }

    @Test
    void aNodeThatHasTheNewestStateOfAllClaims() {
        startAt(0);
        keep(NEWER);
        watch(Role.FAULT, OLDER, OLDER, 3_000);
        grant(OLDER);

        assertThat(claims()).isTrue();
    }

    @Test
    void whoeverIsBehindIsSentTheStateUnlessSomebodyIsActive() {
        startAt(0);
        keep(NEWER);
        heartbeat("a", Role.ACTIVE, OLDER);
        heartbeat("w", Role.WITNESS, StateVersion.NONE);
        assertThat(effects(Effect.SendState.class))
                .as("the active node repeats its own")
                .isEmpty();

        heartbeat("a", Role.FAULT, OLDER);
        heartbeat("w", Role.WITNESS, NEWER);

        assertThat(effects(Effect.SendState.class)).containsExactly(new Effect.SendState("a", local()));
    }

    @Test
    void itsHeartbeatsAndVotesSayHowRecentItsStateIs() {
        startAt(0);
        keep(NEWER);
        hear(new Heartbeat("a", 7, 200, Role.STANDBY, true, 5, 6, false, local(), WITNESSED));
        pass(200);

        assertThat(effects(Effect.SendSupport.class))
                .extracting(sent -> sent.support().state())
                .containsOnly(NEWER);
        assertThat(effects(Effect.SendHeartbeat.class))
                .last()
                .satisfies(sent -> assertThat(sent.heartbeat().state()).isEqualTo(NEWER));
    }
}
