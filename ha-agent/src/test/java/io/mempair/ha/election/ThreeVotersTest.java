package io.mempair.ha.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Message.Support;
import io.mempair.ha.election.Message.Terms;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A node that has a witness: never active on its own word. */
class ThreeVotersTest extends DrivenElection {

    private static final Terms WITNESSED = new Terms(true, false, 700 * MILLIS);

    ThreeVotersTest() {
        super(Policy.WITNESSED);
    }

    private void hearWitness() {
        hear(new Heartbeat("w", 3, 0, Role.WITNESS, false, 0, 0, false, local(), WITNESSED));
    }

    private void hearA(Role role, long epoch, boolean holds) {
        hear(new Heartbeat("a", 7, 200, role, true, epoch, holds ? epoch : 0, holds, local(), WITNESSED));
    }

    private void passHearingTheWitness(long millis) {
        for (long end = nowMillis + millis; nowMillis < end; ) {
            hearWitness();
            pass(Math.min(100, end - nowMillis));
        }
    }

    private long askedEpoch() {
        List<Effect.SendHeartbeat> sent = effects(Effect.SendHeartbeat.class);
        return sent.get(sent.size() - 1).heartbeat().reignEpoch();
    }

    @Test
    void aloneItIsNeverActive() {
        startAt(0);
        pass(30_000);
        assertThat(claims()).isFalse();
    }

    @Test
    void withTheWitnessItAsksAndTheAnswerMakesItActive() {
        startAt(0);
        passHearingTheWitness(1_600);
        assertThat(askedEpoch()).isEqualTo(1);
        assertThat(claims()).as("claimed before an answer").isFalse();

        hear(new Support("w", 1, local(), true, 1, 0));

        assertThat(claims()).isTrue();
    }

    @Test
    void aLeaseIsUsedForALittleLessThanWasPromised() {
        startAt(0);
        passHearingTheWitness(1_600);
        hear(new Support("w", 1, local(), true, 1, 0));

        assertThat(election.leaseRemainingNanos(local())).isEqualTo(693 * MILLIS);
    }

    @Test
    void aWitnessThatIsBusyIsAskedAgainRightAfterItsPromise() {
        startAt(0);
        passHearingTheWitness(1_600);
        effects.clear();
        hear(new Support("w", 1, local(), false, 0, 50 * MILLIS));
        assertThat(askedEpochs()).isEmpty();

        passHearingTheWitness(75);

        assertThat(askedEpochs()).contains(1L);
    }

    private List<Long> askedEpochs() {
        return effects(Effect.SendHeartbeat.class).stream()
                .map(sent -> sent.heartbeat().reignEpoch())
                .filter(epoch -> epoch != 0)
                .toList();
    }

    @Test
    void theOtherNodesNoIsNotTheLastWord() {
        startAt(0);
        hearA(Role.STANDBY, 0, false);
        passHearingTheWitness(1_600);
        passHearingTheWitness(2_000);
        effects.clear();
        passHearingTheWitness(700);
        long epoch = election.epoch() + 1;
        hear(new Support("a", epoch, local(), false, 0, 0));
        hear(new Support("w", epoch, local(), true, epoch, 0));

        assertThat(claims()).isTrue();
    }

    @Test
    void aDeafNodeDoesNotStandInTheWayOfTheOther() {
        startAt(0);
        passHearingTheWitness(1_600);
        hear(new Support("w", 1, local(), true, 1, 0));
        feed(now -> new Event.AddressClaimed(now, 1));
        feed(now -> new Event.PortOpened(now, 1));

        pass(750);
        feed(now -> new Event.AddressReleased(now, 1));
        effects.clear();
        pass(400);

        assertThat(effects(Effect.SendHeartbeat.class))
                .isNotEmpty()
                .noneMatch(sent -> sent.heartbeat().eligible());
        assertThat(askedEpochs()).isEmpty();
    }
}
