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

    private final PeerAcks acks = new PeerAcks(LIMIT, false);

    private long known(long now, HeardPeer... heard) {
        return acks.settle(List.of(heard), now).known();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 10, -5})
    void aPeerThatIsHeardIsWaitedForUntilItConfirms(long start) {
        acks.sent(1, 5, start);
        assertThat(known(start, B)).isEqualTo(PeerAcks.NOTHING);

        acks.acknowledged("b", 7, 1, 5);

        assertThat(known(start + 20, B)).isEqualTo(5);
    }

    @Test
    void withoutAPeerEverythingIsKnownAtOnce() {
        acks.sent(1, 5, 0);

        assertThat(known(0)).isEqualTo(5);
    }

    @Test
    void aPeerThatIsLostIsNotWaitedForAndOneThatReturnsIsAskedAnew() {
        acks.sent(1, 5, 0);
        known(0, B, C);
        acks.acknowledged("b", 7, 1, 5);
        acks.acknowledged("c", 8, 1, 5);
        acks.sent(1, 6, 10);
        acks.acknowledged("c", 8, 1, 6);
        assertThat(known(10, B, C)).isEqualTo(5);

        assertThat(known(20, C)).isEqualTo(6);
        assertThat(known(30, B, C)).isEqualTo(PeerAcks.NOTHING);
    }

    @Test
    void allPeersMustHaveIt() {
        acks.sent(1, 5, 0);
        known(0, B, C);
        acks.acknowledged("b", 7, 1, 5);
        assertThat(known(1, B, C)).isEqualTo(PeerAcks.NOTHING);

        acks.acknowledged("c", 8, 1, 4);

        assertThat(known(2, B, C)).isEqualTo(4);
    }

    @Test
    void aPeerThatDoesNotConfirmInTimeIsLateAndSaidToBeOnce() {
        acks.sent(1, 5, 0);
        known(0, B);

        assertThat(acks.settle(List.of(B), LIMIT - 1).late()).isEmpty();
        assertThat(acks.settle(List.of(B), LIMIT)).isEqualTo(new Settled(5, List.of("b"), List.of()));
        acks.sent(1, 6, LIMIT + 1);
        assertThat(acks.settle(List.of(B), LIMIT + 1)).isEqualTo(new Settled(6, List.of(), List.of()));
    }

    /** A node of an older version is heard, and never acknowledges. */
    @Test
    void aPeerThatIsLateHasAcknowledgedNothing() {
        assertThat(acks.acknowledged(List.of())).isEqualTo(PeerAcks.NOTHING);
        acks.sent(1, 5, 0);
        assertThat(acks.acknowledged(List.of())).isEqualTo(5);
        assertThat(known(LIMIT, B)).isEqualTo(PeerAcks.NOTHING);
        assertThat(known(2 * LIMIT, B)).isEqualTo(5);
        assertThat(acks.acknowledged(List.of(B))).isEqualTo(PeerAcks.NOTHING);

        acks.acknowledged("b", 7, 1, 5);

        assertThat(acks.acknowledged(List.of(B))).isEqualTo(5);
        assertThat(acks.acknowledged(List.of(B, C))).isEqualTo(PeerAcks.NOTHING);
        acks.notSent();
        assertThat(acks.acknowledged(List.of(B))).isEqualTo(PeerAcks.NOTHING);
    }

    @Test
    void aLatePeerThatConfirmsTheNewestIsWaitedForAgain() {
        acks.sent(1, 5, 0);
        known(0, B);
        acks.sent(1, 6, 1);
        known(LIMIT, B);

        acks.acknowledged("b", 7, 1, 5);
        assertThat(acks.settle(List.of(B), LIMIT + 1)).isEqualTo(new Settled(6, List.of(), List.of()));
        acks.acknowledged("b", 7, 1, 6);

        assertThat(acks.settle(List.of(B), LIMIT + 2)).isEqualTo(new Settled(6, List.of(), List.of("b")));
        acks.sent(1, 7, LIMIT + 3);
        assertThat(known(2 * LIMIT + 2, B)).isEqualTo(6);
        assertThat(known(2 * LIMIT + 3, B)).isEqualTo(7);
    }

    @Test
    void toRepeatAVersionDoesNotGiveAPeerMoreTime() {
        acks.sent(1, 5, 0);
        known(0, B);

        for (long now = 200; now <= LIMIT; now += 200) {
            acks.sent(1, 5, now);
        }

        assertThat(known(LIMIT, B)).isEqualTo(5);
    }

    @Test
    void newVersionsDoNotGiveASilentPeerMoreTimeEither() {
        acks.sent(1, 5, 0);
        known(0, B);

        for (long now = 10; now <= LIMIT; now += 10) {
            acks.sent(1, 5 + now, now);
        }

        assertThat(known(LIMIT, B)).isEqualTo(5 + LIMIT);
    }

    @Test
    void aPeerThatIsSlowButFollowsIsWaitedForFromTheNewestOn() {
        acks.sent(1, 5, 0);
        known(0, B);
        acks.sent(1, 6, 700);
        acks.acknowledged("b", 7, 1, 5);

        assertThat(known(LIMIT, B)).isEqualTo(5);
        assertThat(known(700 + LIMIT - 1, B)).isEqualTo(5);
        assertThat(known(700 + LIMIT, B)).isEqualTo(6);
    }

    @Test
    void whatAnEarlierStartOfThePeerConfirmedDoesNotCount() {
        acks.sent(1, 5, 0);
        known(0, B);
        acks.acknowledged("b", 7, 1, 5);
        HeardPeer again = new HeardPeer("b", 70, false);

        assertThat(known(10, again)).isEqualTo(PeerAcks.NOTHING);
        acks.acknowledged("b", 7, 1, 5);
        assertThat(known(10, again)).isEqualTo(PeerAcks.NOTHING);
        acks.acknowledged("b", 70, 1, 5);
        assertThat(known(10, again)).isEqualTo(5);
    }

    @Test
    void whatWasConfirmedInAnotherReignDoesNotCount() {
        acks.sent(1, 5, 0);
        known(0, B);
        acks.acknowledged("b", 7, 1, 5);
        acks.sent(3, 5, 100);
        assertThat(known(100, B)).isEqualTo(PeerAcks.NOTHING);

        acks.acknowledged("b", 7, 1, 5);
        assertThat(known(100, B)).isEqualTo(PeerAcks.NOTHING);
        acks.acknowledged("b", 7, 3, 5);
        assertThat(known(100, B)).isEqualTo(5);
    }

    @Test
    void aLateOrDoubledConfirmationTakesNothingBack() {
        acks.sent(1, 6, 0);
        known(0, B);
        acks.acknowledged("b", 7, 1, 6);

        acks.acknowledged("b", 7, 1, 5);

        assertThat(known(1, B)).isEqualTo(6);
    }

    @Test
    void aConfirmationOfSomebodyNeverHeardIsNotKept() {
        acks.sent(1, 5, 0);

        acks.acknowledged("b", 7, 1, 5);

        assertThat(known(1, B)).isEqualTo(PeerAcks.NOTHING);
    }

    private static final HeardPeer W = new HeardPeer("w", 9, true);

    @Test
    void withAWitnessOneOfTheOthersMustHaveIt() {
        PeerAcks three = new PeerAcks(LIMIT, true);
        three.sent(1, 5, 0);
        assertThat(three.settle(List.of(), 0).known()).as("alone").isEqualTo(PeerAcks.NOTHING);
        assertThat(three.settle(List.of(W), 1).known()).isEqualTo(PeerAcks.NOTHING);

        three.acknowledged("w", 9, 1, 5);

        assertThat(three.settle(List.of(W), 2).known()).isEqualTo(5);
        assertThat(three.settle(List.of(B, W), 3).known()).as("b is waited for").isEqualTo(PeerAcks.NOTHING);
        assertThat(three.settle(List.of(B, W), 3 + LIMIT).known())
                .as("b is late")
                .isEqualTo(5);
    }

    @Test
    void aNodeThatIsLateIsWaitedForIfTheWitnessDoesNotHaveItEither() {
        PeerAcks three = new PeerAcks(LIMIT, true);
        three.sent(1, 5, 0);
        three.settle(List.of(B, W), 0);

        assertThat(three.settle(List.of(B, W), 2 * LIMIT).known()).isEqualTo(PeerAcks.NOTHING);
        three.acknowledged("b", 7, 1, 5);

        assertThat(three.settle(List.of(B, W), 2 * LIMIT + 1).known()).isEqualTo(5);
    }

    @Test
    void whatCannotBeToldIsWaitedForNoLongerThanForALatePeer() {
        PeerAcks three = new PeerAcks(LIMIT, true);
        three.sent(1, 5, 0);
        three.notSent();
        three.settle(List.of(B, W), 0);

        assertThat(three.settle(List.of(B, W), 1).known()).isEqualTo(PeerAcks.NOTHING);
        assertThat(three.settle(List.of(B, W), LIMIT).known()).isEqualTo(5);
        three.sent(1, 6, LIMIT + 1);
        assertThat(three.settle(List.of(B, W), LIMIT + 1).known()).isEqualTo(PeerAcks.NOTHING);
    }

    @Test
    void theWitnessIsNotWaitedForIfTheNodeHasIt() {
        PeerAcks three = new PeerAcks(LIMIT, true);
        three.sent(1, 5, 0);
        three.settle(List.of(B, W), 0);
        three.acknowledged("b", 7, 1, 5);

        assertThat(three.settle(List.of(B, W), 1)).isEqualTo(new Settled(5, List.of(), List.of()));
    }
}
