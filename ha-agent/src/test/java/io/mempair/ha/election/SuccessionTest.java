package io.mempair.ha.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.Message.Echo;
import io.mempair.ha.election.Message.Heartbeat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which start of a peer is believed when its number says only that it is another. */
class SuccessionTest extends DrivenElection {

    private static final long EARLIER = 900;
    private static final long LATER = 7;

    /** @param heardMillis  when this node sent what the peer last heard of it; negative: nothing yet */
    private Heartbeat from(long incarnation, long heardMillis) {
        return new Heartbeat(
                "a",
                incarnation,
                200,
                Role.STANDBY,
                true,
                1,
                0,
                false,
                nowMillis * MILLIS,
                TERMS,
                StateVersion.NONE,
                heardMillis < 0 ? List.of() : List.of(new Echo(SETTINGS.incarnation(), heardMillis * MILLIS)));
    }

    private long known() {
        return election.peers().get(0).incarnation();
    }

    @Test
    void aStartThatHeardThisNodeSinceTheOtherBeganIsTheLaterOne() {
        startAt(0);
        hear(from(EARLIER, -1));
        pass(200);

        hear(from(LATER, 100));

        assertThat(known()).isEqualTo(LATER);
    }

    @Test
    void anEarlierStartNeverIs() {
        startAt(0);
        pass(100);
        Heartbeat heldBack = from(EARLIER, 50);
        pass(100);
        hear(from(LATER, 100));
        pass(100);

        hear(heldBack);
        hear(from(EARLIER, -1));

        assertThat(known()).isEqualTo(LATER);
    }

    @Test
    void anEchoOfAnotherRunOfThisNodeProvesNothing() {
        startAt(0);
        hear(from(LATER, -1));
        pass(200);

        hear(new Heartbeat(
                "a",
                EARLIER,
                200,
                Role.STANDBY,
                true,
                1,
                0,
                false,
                nowMillis * MILLIS,
                TERMS,
                StateVersion.NONE,
                List.of(new Echo(SETTINGS.incarnation() + 1, 150 * MILLIS))));

        assertThat(known()).isEqualTo(LATER);
    }

    @Test
    void aPromiseToTheEarlierStartIsFreeOnceTheLaterOneIsProved() {
        startAt(0);
        hear(fromA(Role.ACTIVE, 1, 1, true));
        pass(50);
        hear(from(EARLIER, -1));
        pass(25);
        assertThat(candidacies()).as("before it is proved").isEmpty();

        hear(new Heartbeat(
                "a",
                EARLIER,
                200,
                Role.STANDBY,
                false,
                1,
                0,
                false,
                nowMillis * MILLIS,
                TERMS,
                StateVersion.NONE,
                List.of(new Echo(SETTINGS.incarnation(), 50 * MILLIS))));
        pass(25);

        assertThat(candidacies()).isNotEmpty();
    }

    private List<Effect.SendHeartbeat> candidacies() {
        return effects(Effect.SendHeartbeat.class).stream()
                .filter(sent -> sent.heartbeat().reignEpoch() == 2)
                .toList();
    }

    /** As when the way to it is cut: it hears nothing of this node, and can prove nothing. */
    @Test
    void aStartThatProvesNothingIsBelievedWhenTheOtherHasBeenSilentForALease() {
        startAt(0);
        hear(from(EARLIER, -1));
        pass(600);
        hear(from(LATER, -1));
        assertThat(known()).isEqualTo(EARLIER);
        pass(150);

        hear(from(LATER, -1));

        assertThat(known()).isEqualTo(LATER);
    }

    @Test
    void aStartThatWasTakenForTheLaterOneByMistakeGivesItsPlaceBack() {
        startAt(0);
        pass(100);
        hear(from(LATER, 0));
        pass(800);
        hear(from(EARLIER, -1));
        assertThat(known()).isEqualTo(EARLIER);
        long sinceMillis = nowMillis;
        pass(100);

        hear(from(LATER, sinceMillis));

        assertThat(known()).isEqualTo(LATER);
    }
}
