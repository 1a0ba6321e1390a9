package io.mempair.ha.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.PeerAcks.HeardPeer;
import io.mempair.ha.election.PeerAcks.Settled;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class PeerAcksTest {

    private static final long LIMIT = 800;
    private static final HeardPeer B = new HeardPeer("b", 7, false);
    private static final HeardPeer C = new HeardPeer("c", 8, false);

    private final PeerAcks confirmations = new PeerAcks(LIMIT, false);

    private long known(long now, HeardPeer... heard) {
        return confirmations.settle(List.of(heard), now).known();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 10, -5})
    void aPeerThatIsHeardIsWaitedForUntilItConfirms(long start) {
        confirmations.told(1, 5, start);
        assertThat(known(start, B)).isEqualTo(PeerAcks.NOTHING);

        confirmations.taken("b", 7, 1, 5);

        assertThat(known(start + 20, B)).isEqualTo(5);
    }

    @Test
    void withoutAPeerEverythingIsKnownAtOnce() {
        confirmations.told(1, 5, 0);

        assertThat(known(0)).isEqualTo(5);
    }

    @Test
    void aPeerThatIsLostIsNotWaitedForAndOneThatReturnsIsAskedAnew() {
        confirmations.told(1, 5, 0);
        known(0, B, C);
        confirmations.taken("b", 7, 1, 5);
        confirmations.taken("c", 8, 1, 5);
        confirmations.told(1, 6, 10);
        confirmations.taken("c", 8, 1, 6);
        assertThat(known(10, B, C)).isEqualTo(5);

        assertThat(known(20, C)).isEqualTo(6);
        assertThat(known(30, B, C)).isEqualTo(PeerAcks.NOTHING);
    }

    @Test
    void allPeersMustHaveIt() {
        confirmations.told(1, 5, 0);
        known(0, B, C);
        confirmations.taken("b", 7, 1, 5);
        assertThat(known(1, B, C)).isEqualTo(PeerAcks.NOTHING);

        confirmations.taken("c", 8, 1, 4);

        assertThat(known(2, B, C)).isEqualTo(4);
    }

    @Test
    void aPeerThatDoesNotConfirmInTimeIsLateAndSaidToBeOnce() {
        confirmations.told(1, 5, 0);
        known(0, B);

        assertThat(confirmations.settle(List.of(B), LIMIT - 1).late()).isEmpty();
        assertThat(confirmations.settle(List.of(B), LIMIT)).isEqualTo(new Settled(5, List.of("b"), List.of()));
        confirmations.told(1, 6, LIMIT + 1);
        assertThat(confirmations.settle(List.of(B), LIMIT + 1)).isEqualTo(new Settled(6, List.of(), List.of()));
    }

    @Test
    void aLatePeerThatConfirmsTheNewestIsWaitedForAgain() {
        confirmations.told(1, 5, 0);
        known(0, B);
        confirmations.told(1, 6, 1);
        known(LIMIT, B);

        confirmations.taken("b", 7, 1, 5);
        assertThat(confirmations.settle(List.of(B), LIMIT + 1)).isEqualTo(new Settled(6, List.of(), List.of()));
        confirmations.taken("b", 7, 1, 6);

        assertThat(confirmations.settle(List.of(B), LIMIT + 2)).isEqualTo(new Settled(6, List.of(), List.of("b")));
        confirmations.told(1, 7, LIMIT + 3);
        assertThat(known(2 * LIMIT + 2, B)).isEqualTo(6);
        assertThat(known(2 * LIMIT + 3, B)).isEqualTo(7);
    }

    @Test
    void toRepeatAVersionDoesNotGiveAPeerMoreTime() {
        confirmations.told(1, 5, 0);
        known(0, B);

        for (long now = 200; now <= LIMIT; now += 200) {
            confirmations.told(1, 5, now);
        }

        assertThat(known(LIMIT, B)).isEqualTo(5);
    }

    @Test
    void newVersionsDoNotGiveASilentPeerMoreTimeEither() {
        confirmations.told(1, 5, 0);
        known(0, B);

        for (long now = 10; now <= LIMIT; now += 10) {
            confirmations.told(1, 5 + now, now);
        }

        assertThat(known(LIMIT, B)).isEqualTo(5 + LIMIT);
    }

    @Test
    void aPeerThatIsSlowButFollowsIsWaitedForFromTheNewestOn() {
        confirmations.told(1, 5, 0);
        known(0, B);
        confirmations.told(1, 6, 700);
        confirmations.taken("b", 7, 1, 5);

        assertThat(known(LIMIT, B)).isEqualTo(5);
        assertThat(known(700 + LIMIT - 1, B)).isEqualTo(5);
        assertThat(known(700 + LIMIT, B)).isEqualTo(6);
    }

    @Test
    void whatAnEarlierStartOfThePeerConfirmedDoesNotCount() {
        confirmations.told(1, 5, 0);
        known(0, B);
        confirmations.taken("b", 7, 1, 5);
        HeardPeer again = new HeardPeer("b", 70, false);

        assertThat(known(10, again)).isEqualTo(PeerAcks.NOTHING);
        confirmations.taken("b", 7, 1, 5);
        assertThat(known(10, again)).isEqualTo(PeerAcks.NOTHING);
        confirmations.taken("b", 70, 1, 5);
        assertThat(known(10, again)).isEqualTo(5);
    }

    @Test
    void whatWasConfirmedInAnotherReignDoesNotCount() {
        confirmations.told(1, 5, 0);
        known(0, B);
        confirmations.taken("b", 7, 1, 5);
        confirmations.told(3, 5, 100);
        assertThat(known(100, B)).isEqualTo(PeerAcks.NOTHING);

        confirmations.taken("b", 7, 1, 5);
        assertThat(known(100, B)).isEqualTo(PeerAcks.NOTHING);
        confirmations.taken("b", 7, 3, 5);
        assertThat(known(100, B)).isEqualTo(5);
    }

    @Test
    void aLateOrDoubledConfirmationTakesNothingBack() {
        confirmations.told(1, 6, 0);
        known(0, B);
        confirmations.taken("b", 7, 1, 6);

        confirmations.taken("b", 7, 1, 5);

        assertThat(known(1, B)).isEqualTo(6);
    }

    @Test
    void aConfirmationOfSomebodyNeverHeardIsNotKept() {
        confirmations.told(1, 5, 0);

        confirmations.taken("b", 7, 1, 5);

        assertThat(known(1, B)).isEqualTo(PeerAcks.NOTHING);
    }

    private static final HeardPeer W = new HeardPeer("w", 9, true);

    @Test
    void withAWitnessOneOfTheOthersMustHaveIt() {
        PeerAcks three = new PeerAcks(LIMIT, true);
        three.told(1, 5, 0);
        assertThat(three.settle(List.of(), 0).known()).as("alone").isEqualTo(PeerAcks.NOTHING);
        assertThat(three.settle(List.of(W), 1).known()).isEqualTo(PeerAcks.NOTHING);

        three.taken("w", 9, 1, 5);

        assertThat(three.settle(List.of(W), 2).known()).isEqualTo(5);
        assertThat(three.settle(List.of(B, W), 3).known()).as("b is waited for").isEqualTo(PeerAcks.NOTHING);
        assertThat(three.settle(List.of(B, W), 3 + LIMIT).known())
                .as("b is late")
                .isEqualTo(5);
    }

    @Test
    void aNodeThatIsLateIsWaitedForIfTheWitnessDoesNotHaveItEither() {
        PeerAcks three = new PeerAcks(LIMIT, true);
        three.told(1, 5, 0);
        three.settle(List.of(B, W), 0);

        assertThat(three.settle(List.of(B, W), 2 * LIMIT).known()).isEqualTo(PeerAcks.NOTHING);
        three.taken("b", 7, 1, 5);

        assertThat(three.settle(List.of(B, W), 2 * LIMIT + 1).known()).isEqualTo(5);
    }

    @Test
    void whatCannotBeToldIsWaitedForNoLongerThanForALatePeer() {
        PeerAcks three = new PeerAcks(LIMIT, true);
        three.told(1, 5, 0);
        three.notTold();
        three.settle(List.of(B, W), 0);

        assertThat(three.settle(List.of(B, W), 1).known()).isEqualTo(PeerAcks.NOTHING);
        assertThat(three.settle(List.of(B, W), LIMIT).known()).isEqualTo(5);
        three.told(1, 6, LIMIT + 1);
        assertThat(three.settle(List.of(B, W), LIMIT + 1).known()).isEqualTo(PeerAcks.NOTHING);
    }

    @Test
    void theWitnessIsNotWaitedForIfTheNodeHasIt() {
        PeerAcks three = new PeerAcks(LIMIT, true);
        three.told(1, 5, 0);
        three.settle(List.of(B, W), 0);
        three.taken("b", 7, 1, 5);

        assertThat(three.settle(List.of(B, W), 1)).isEqualTo(new Settled(5, List.of(), List.of()));
    }
}
