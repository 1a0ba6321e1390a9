package io.mempair.ha.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.Message.Echo;
import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Message.Terms;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the operator asks for: maintenance, and the place a preferred node takes back; and what holds a flapping one down. */
class MaintenanceTest extends DrivenElection {

    private void standby(boolean standby) {
        feed(now -> new Event.MaintenanceRequested(now, standby));
    }

    @Test
    void aStandbyGoesOutAtOnceAndComesBack() {
        startAt(0);
        standby(true);
        assertThat(election.role()).isEqualTo(Role.FAULT);
        assertThat(election.inMaintenance()).isTrue();
        assertThat(effects(Effect.MaintenanceDone.class)).hasSize(1);
        pass(5_000);
        assertThat(claims()).isFalse();

        standby(false);

        assertThat(election.role()).isEqualTo(Role.STANDBY);
        pass(100);
        assertThat(claims()).isTrue();
    }

    @Test
    void anActiveNodeHandsOverFirstAndSaysSoWhenTheAddressIsGone() {
        becomeActiveAlone();
        hear(fromA(Role.STANDBY, 1, 0, false));

        standby(true);
        assertThat(effects).anyMatch(Effect.ClosePort.class::isInstance);
        feed(now -> new Event.Drained(now, 1));
        assertThat(effects(Effect.MaintenanceDone.class)).isEmpty();
        feed(now -> new Event.AddressReleased(now, 1));

        assertThat(effects(Effect.MaintenanceDone.class)).hasSize(1);
        assertThat(election.role()).isEqualTo(Role.FAULT);
    }

    @Test
    void theLastNodeThatServesIsNotTakenOut() {
        becomeActiveAlone();

        standby(true);

        assertThat(effects(Effect.MaintenanceFailed.class)).hasSize(1);
        assertThat(election.role()).isEqualTo(Role.ACTIVE);
        assertThat(election.inMaintenance()).isFalse();
    }

    @Test
    void checksThatSpeakDuringMaintenanceDoNotEndIt() {
        startAt(0);
        standby(true);
        feed(now -> new Event.FitnessChanged(now, List.of("interface eth0 is down")));
        feed(now -> new Event.FitnessChanged(now, List.of()));
        pass(5_000);
        assertThat(election.role()).isEqualTo(Role.FAULT);
    }

    @Test
    void aPreferredPeerThatWantsItsPlaceGetsIt() {
        becomeActiveAlone();
        hear(fromA(Role.STANDBY, 1, 0, false));
        assertThat(effects(Effect.ClosePort.class)).isEmpty();

        hear(preempting(200));

        assertThat(effects(Effect.ClosePort.class)).hasSize(1);
    }

    @Test
    void aPeerOfLowerPriorityGetsNothingByAsking() {
        becomeActiveAlone();

        hear(preempting(50));

        assertThat(effects(Effect.ClosePort.class)).isEmpty();
    }

    private Echo hearsThisNode() {
        return new Echo(SETTINGS.incarnation(), local());
    }

    private Heartbeat preempting(int priority) {
        Terms terms = new Terms(false, true, 700 * MILLIS);
        return new Heartbeat("a", 7, priority, Role.STANDBY, true, 1, 0, false, local(), terms);
    }

    @Test
    void aNodeThatLosesItsReignAgainAndAgainLeavesTheWayToAnotherLongerAndLonger() {
        becomeActiveAlone();
        List<Long> waits = new ArrayList<>();
        for (int loss = 1; loss <= 4; loss++) {
            long incarnation = 7 + loss;
            Runnable standby = () -> hear(new Heartbeat(
                    "a",
                    incarnation,
                    1,
                    Role.STANDBY,
                    true,
                    1,
                    0,
                    false,
                    local(),
                    TERMS,
                    StateVersion.NONE,
                    List.of(hearsThisNode())));
            loseReign(standby);
            long from = nowMillis;
            while (!stands() && nowMillis - from < 40_000) {
                standby.run();
                pass(25);
            }
            waits.add(nowMillis - from);
            feed(now -> new Event.PeerDied(now, "a", incarnation));
            beActiveAgain();
        }
        assertThat(waits.get(0)).isLessThan(200);
        assertThat(waits.get(1)).isLessThan(200);
        assertThat(waits.get(2)).isBetween(1_900L, 2_200L);
        assertThat(waits.get(3)).isBetween(3_800L, 4_300L);
    }

    @Test
    void nobodyIsHeldDownWhenThereIsNoOther() {
        becomeActiveAlone();
        for (int loss = 1; loss <= 6; loss++) {
            loseReign(() -> {});
            long from = nowMillis;
            beActiveAgain();
            assertThat(nowMillis - from).as("ms after loss %s", loss).isLessThan(200);
        }
    }

    private void loseReign(Runnable meanwhile) {
        long epoch = election.epoch();
        feed(now -> new Event.FitnessChanged(now, List.of("carrier lost")));
        feed(now -> new Event.AddressReleased(now, epoch));
        meanwhile.run();
        effects.clear();
        feed(now -> new Event.FitnessChanged(now, List.of()));
    }

    private void beActiveAgain() {
        for (long end = nowMillis + 5_000; !claims() && nowMillis < end; ) {
            pass(25);
        }
        long claimed = election.epoch();
        feed(now -> new Event.AddressClaimed(now, claimed));
        feed(now -> new Event.PortOpened(now, claimed));
        assertThat(election.role()).isEqualTo(Role.ACTIVE);
    }

    private boolean stands() {
        return claims()
                || effects(Effect.SendHeartbeat.class).stream()
                        .anyMatch(sent -> sent.heartbeat().reignEpoch() > 0);
    }
}
