package io.mempair.ha.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Message.Support;
import org.junit.jupiter.api.Test;

/** What keeps a reign and what ends it. */
class ReignTest extends DrivenElection {

    @Test
    void theLeaseCountsFromTheMomentTheRequestWasSent() {
        becomeActiveAlone();
        hear(fromA(Role.STANDBY, 1, 0, false));
        long sentNanos = local();
        pass(60);
        hear(new Support("a", 1, sentNanos, true, 1, 0));

        assertThat(election.leaseRemainingNanos(sentNanos)).isLessThanOrEqualTo(700 * MILLIS);
    }

    @Test
    void theRoundTripIsMeasuredOnTheAnswerToItsOwnReign() {
        becomeActiveAlone();
        hear(fromA(Role.STANDBY, 1, 0, false));
        assertThat(election.roundTripNanos(election.peers().get(0))).isNull();
        long sentNanos = local();
        pass(60);
        hear(new Support("a", 1, sentNanos, true, 1, 0));
        hear(new Support("a", 7, sentNanos, false, 1, 0));
        hear(new Support("a", 1, local() + MILLIS, true, 1, 0));

        assertThat(election.roundTripNanos(election.peers().get(0))).isEqualTo(60 * MILLIS);
        pauseFor(2_000);
        hear(fromA(Role.STANDBY, 1, 0, false));
        assertThat(election.roundTripNanos(election.peers().get(0))).isNull();
    }

    @Test
    void anActiveNodeThatIsHeardButNotAnsweredLeavesWhenItsLeaseIsOver() {
        becomeActiveAlone();
        for (int i = 0; i < 8; i++) {
            hear(fromA(Role.STANDBY, 1, 0, false));
            pass(100);
        }

        assertThat(effects).contains(new Effect.ReleaseAddress(1));
        feed(now -> new Event.AddressReleased(now, 1));
        assertThat(election.role()).isEqualTo(Role.STANDBY);
        assertThat(transitions)
                .singleElement()
                .extracting(t -> t.reason().text())
                .isEqualTo("nobody renewed the lease");
    }

    @Test
    void anActiveNodeWhosePeerIsSilentGoesOnAlone() {
        becomeActiveAlone();
        hear(fromA(Role.STANDBY, 1, 0, false));

        pass(20_000);

        assertThat(election.role()).isEqualTo(Role.ACTIVE);
        assertThat(transitions).isEmpty();
        assertThat(election.leaseRemainingNanos(local())).isPositive();
    }

    @Test
    void aPauseLongerThanTheLeaseEndsTheReignBeforeAnythingElse() {
        becomeActiveAlone();
        pauseFor(2_000);

        hear(fromA(Role.STANDBY, 1, 0, false));

        assertThat(effects.get(0)).isEqualTo(new Effect.SetLease(local()));
        assertThat(effects).contains(new Effect.ClosePort(1, 0), new Effect.ReleaseAddress(1));
        feed(now -> new Event.AddressReleased(now, 1));
        assertThat(transitions.get(0).reason().text()).isEqualTo("this process was paused for 2000 ms");
    }

    @Test
    void aNodeThatWasPausedListensForAWholeDetectionTimeBeforeItGoesAlone() {
        becomeActiveAlone();
        pauseFor(5_000);
        feed(Event.Tick::new);
        feed(now -> new Event.AddressReleased(now, 1));
        effects.clear();

        pass(450);
        assertThat(claims()).isFalse();
        pass(100);
        assertThat(claims()).isTrue();
    }

    @Test
    void aHigherEpochEndsAReignAtOnce() {
        becomeActiveAlone();

        hear(fromA(Role.ACTIVE, 2, 2, true));

        assertThat(effects).contains(new Effect.SetLease(local()), new Effect.ReleaseAddress(1));
    }

    @Test
    void ofTwoActiveWithTheSameEpochTheLowerNameStays() {
        becomeActiveAlone();

        hear(fromA(Role.ACTIVE, 1, 1, true));

        assertThat(effects).contains(new Effect.ReleaseAddress(1));
    }

    @Test
    void theWinnerOfAHealAnnouncesAgain() {
        becomeActiveAlone();
        hear(new Heartbeat("c", 7, 50, Role.ACTIVE, true, 1, 1, true, 0, TERMS));

        assertThat(effects).contains(new Effect.Announce());
        assertThat(election.role()).isEqualTo(Role.ACTIVE);
    }

    @Test
    void anOrphanOnTheInterfaceIsRemovedAndAMissingAddressClaimedAgain() {
        startAt(0);
        feed(now -> new Event.AddressObserved(now, true));
        assertThat(effects).contains(new Effect.ReleaseAddress(0));

        becomeActiveAloneAgain();
        feed(now -> new Event.AddressObserved(now, false));
        assertThat(effects).contains(new Effect.ClaimAddress(1, null, false));
    }

    private void becomeActiveAloneAgain() {
        nowMillis = 0;
        lastTickMillis = 0;
        becomeActiveAlone();
    }
}
