package io.mempair.ha.election;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a node becomes active, and what becomes of a claim that fails. */
class BecomingActiveTest extends DrivenElection {

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 500 * MILLIS, Long.MIN_VALUE, -1, 123_456_789})
    void aLoneNodeClaimsOnlyAfterItHasListenedForTheInitTime(long origin) {
        startAt(origin);
        pass(1_450);
        assertThat(claims()).isFalse();

        pass(100);

        assertThat(claims()).isTrue();
        assertThat(election.epoch()).isEqualTo(1);
    }

    @Test
    void aNodeWhoseChannelIsNotConnectedNeverClaims() {
        election = Election.start(SETTINGS, 0);
        feed(now -> new Event.FitnessChanged(now, List.of()));

        pass(10_000);

        assertThat(claims()).isFalse();
        assertThat(election.role()).isEqualTo(Role.FAULT);
    }

    @Test
    void activeMeansLeaseThenAddressThenPort() {
        startAt(0);
        pass(1_600);
        assertThat(effects).anyMatch(Effect.SetLease.class::isInstance).noneMatch(Effect.OpenPort.class::isInstance);
        assertThat(election.role()).isEqualTo(Role.STANDBY);

        feed(now -> new Event.AddressClaimed(now, 1));
        assertThat(effects).contains(new Effect.OpenPort(1));
        assertThat(election.role()).isEqualTo(Role.STANDBY);

        feed(now -> new Event.PortOpened(now, 1));
        assertThat(election.role()).isEqualTo(Role.ACTIVE);
    }

    @Test
    void thereIsTimeToLookForForeignHoldersWhereNobodyServed() {
        startAt(0);
        hear(fromA(Role.STANDBY, 0, 1, true)); // on its way, and then refused the address
        pass(50);
        hear(new Message.Resign("a", 7, 1, false, nowMillis * MILLIS));
        pass(3_000);
        assertThat(effects(Effect.ClaimAddress.class)).first().matches(Effect.ClaimAddress::unhurried);
    }

    @Test
    void aTakeOverIsHurriedAndNamesWhomToFence() {
        startAt(0);
        hear(fromA(Role.ACTIVE, 1, 1, true));
        pass(1_000);
        assertThat(effects(Effect.ClaimAddress.class)).first().isEqualTo(new Effect.ClaimAddress(2, "a", false));
    }

    @Test
    void outcomesOfAnEarlierReignAreRecognisedAsLate() {
        startAt(0);
        pass(1_600);

        feed(now -> new Event.AddressClaimed(now, 99));
        feed(now -> new Event.PortOpened(now, 1));

        assertThat(effects(Effect.OpenPort.class)).isEmpty();
        assertThat(election.role()).isEqualTo(Role.STANDBY);
    }

    @Test
    void aReturningNodeOfHigherPriorityDoesNotPreempt() {
        becomeActiveAlone();
        hear(fromA(Role.STANDBY, 0, 0, false));
        hear(fromA(Role.STANDBY, 0, 2, false));

        assertThat(effects(Effect.SendSupport.class))
                .noneMatch(sent -> sent.support().granted());
        assertThat(election.role()).isEqualTo(Role.ACTIVE);
    }

    @Test
    void aClaimThatFailsGivesThePeerItsTurn() {
        startAt(0);
        pass(1_600);

        feed(now -> new Event.ClaimFailed(now, 1, "RTNETLINK answers: Operation not permitted"));
        feed(now -> new Event.AddressReleased(now, 1));

        assertThat(election.role()).isEqualTo(Role.FAULT);
        assertThat(effects(Effect.SendResign.class))
                .singleElement()
                .matches(sent -> sent.resign().epoch() == 1);
        pass(1_900);
        assertThat(election.role()).isEqualTo(Role.FAULT);
        pass(200);
        assertThat(election.role()).isNotEqualTo(Role.FAULT);
    }

    @Test
    void aClaimThatIsNeverAnsweredIsGivenUp() {
        startAt(0);
        pass(1_600);

        pass(2_000);

        assertThat(effects).contains(new Effect.ReleaseAddress(1));
        assertThat(election.role()).isEqualTo(Role.FAULT);
        assertThat(effects(Effect.SendResign.class))
                .as("an address that may be there frees no promise")
                .isEmpty();
    }

    @Test
    void theSameElectionAndEventAlwaysGiveTheSameDecision() {
        startAt(0);
        pass(1_000);
        Election before = election;
        Event event = new Event.Heard(local(), fromA(Role.ACTIVE, 3, 3, true));

        Decision first = before.onEvent(event);
        Decision second = before.onEvent(event);

        assertThat(first.effects()).isEqualTo(second.effects());
        assertThat(before.epoch()).isZero();
    }
}
