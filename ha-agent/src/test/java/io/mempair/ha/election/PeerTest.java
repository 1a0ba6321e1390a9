package io.mempair.ha.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Message.Resign;
import org.junit.jupiter.api.Test;

/** What a peer says, and what its death means. */
class PeerTest extends DrivenElection {

    @Test
    void aVoterSupportsOneHolderUntilItReceivedTheRequestPlusALease() {
        startAt(0);
        hear(fromA(Role.ACTIVE, 1, 1, true));

        assertThat(effects(Effect.SendSupport.class)).singleElement().satisfies(sent -> {
            assertThat(sent.support().granted()).isTrue();
            assertThat(sent.support().echoNanos()).isZero();
        });
        pass(690);
        assertThat(claims()).as("claimed before the promise ended").isFalse();
        pass(60);
        assertThat(claims()).isTrue();
        assertThat(election.epoch()).isEqualTo(2);
    }

    @Test
    void aResignationFreesThePromiseAndALateHeartbeatDoesNotRenewIt() {
        startAt(0);
        Heartbeat late = fromA(Role.ACTIVE, 1, 1, true);
        hear(late);
        pass(50);
        effects.clear();
        hear(new Resign("a", 7, 1, false, nowMillis * MILLIS));

        hear(late);
        pass(25);

        assertThat(effects(Effect.SendSupport.class))
                .noneMatch(sent -> sent.support().granted());
        assertThat(effects(Effect.SendHeartbeat.class))
                .anyMatch(sent ->
                        sent.heartbeat().reignEpoch() == 2 && !sent.heartbeat().holds());
    }

    /** Also one that the operator took out first, whose role is no reason to think that it died, or to fence it. */
    @Test
    void aPeerThatSaysThatItStopsHasNotDied() {
        startAt(0);
        hear(fromA(Role.FAULT, 1, 0, false));
        pass(25);
        hear(new Resign("a", 7, 0, true, nowMillis * MILLIS));
        while (!claims() && nowMillis < 3_000) {
            pass(25);
        }

        assertThat(election.peers())
                .singleElement()
                .satisfies(peer -> assertThat(peer.departure()).isEqualTo(Departure.STOPPED));
        assertThat(effects(Effect.ClaimAddress.class))
                .singleElement()
                .satisfies(claim -> assertThat(claim.fence()).isNull());
        feed(now -> new Event.AddressClaimed(now, election.epoch()));
        feed(now -> new Event.PortOpened(now, election.epoch()));
        assertThat(election.reason().text()).isEqualTo("a stopped");
    }

    @Test
    void aHeartbeatOvertakenByANewerOneSaysNothing() {
        startAt(0);
        Heartbeat old = fromA(Role.STANDBY, 0, 0, false);
        pass(50);
        Heartbeat recent = fromA(Role.ACTIVE, 1, 1, true);
        hear(recent);

        hear(old);

        assertThat(election.activeNode()).isEqualTo("a");
    }

    @Test
    void aPeerThatIsProvedDeadIsReplacedAtOnce() {
        startAt(0);
        for (int i = 0; i < 20; i++) {
            hear(fromA(Role.ACTIVE, 1, 1, true));
            pass(100);
        }
        assertThat(claims()).isFalse();

        feed(now -> new Event.PeerDied(now, "a", 7));

        assertThat(claims()).isTrue();
    }

    @Test
    void theDeathOfAnEarlierIncarnationMeansNothing() {
        startAt(0);
        for (int i = 0; i < 20; i++) {
            hear(fromA(Role.ACTIVE, 1, 1, true));
            pass(100);
        }

        feed(now -> new Event.PeerDied(now, "a", 6));

        assertThat(claims()).isFalse();
    }
}
