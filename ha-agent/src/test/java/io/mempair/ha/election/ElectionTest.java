package io.mempair.ha.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Message.Resign;
import io.mempair.ha.election.Message.Support;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Single rules, from the view of node {@code b} (priority 100), whose peer {@code a} has priority 200. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class ElectionTest {

    private static final long MILLIS = 1_000_000;
    private static final Settings SETTINGS = new Settings("b", 100, 1, 100 * MILLIS, 700 * MILLIS, 1_500 * MILLIS);

    private Election election = Election.start(SETTINGS, 0);
    private long origin;
    private long nowMillis;
    private long lastTickMillis;
    private final List<Effect> effects = new ArrayList<>();
    private final List<Transition> transitions = new ArrayList<>();

    private void startAt(long originNanos) {
        origin = originNanos;
        election = Election.start(SETTINGS, originNanos);
        feed(now -> new Event.FitnessChanged(now, List.of()));
        feed(Event.ChannelConnected::new);
    }

    private long local() {
        return origin + nowMillis * MILLIS;
    }

    private void feed(LongFunction<Event> event) {
        Decision decision = election.onEvent(event.apply(local()));
        election = decision.next();
        effects.addAll(decision.effects());
        if (decision.transition() != null) {
            transitions.add(decision.transition());
        }
    }

    private void pass(long millis) {
        for (long end = nowMillis + millis; nowMillis < end; ) {
            nowMillis = Math.min(end, lastTickMillis + 25);
            if (nowMillis - lastTickMillis >= 25) {
                lastTickMillis = nowMillis;
                feed(Event.Tick::new);
            }
        }
    }

    private void pauseFor(long millis) {
        nowMillis += millis;
        lastTickMillis = nowMillis;
    }

    private void hear(Message message) {
        feed(now -> new Event.Heard(now, message));
    }

    private Heartbeat fromA(Role role, long epoch, long reignEpoch, boolean holds) {
        return new Heartbeat("a", 7, 200, role, role != Role.FAULT, epoch, reignEpoch, holds, nowMillis * MILLIS);
    }

    private void becomeActiveAlone() {
        startAt(0);
        pass(1_600);
        feed(now -> new Event.AddressClaimed(now, election.epoch()));
        feed(now -> new Event.PortOpened(now, election.epoch()));
        assertThat(election.role()).isEqualTo(Role.ACTIVE);
        effects.clear();
        transitions.clear();
    }

    private <T extends Effect> List<T> effects(Class<T> type) {
        return effects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private boolean claims() {
        return !effects(Effect.ClaimAddress.class).isEmpty();
    }

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
    void outcomesOfAnEarlierReignAreRecognisedAsLate() {
        startAt(0);
        pass(1_600);

        feed(now -> new Event.AddressClaimed(now, 99));
        feed(now -> new Event.PortOpened(now, 1));

        assertThat(effects(Effect.OpenPort.class)).isEmpty();
        assertThat(election.role()).isEqualTo(Role.STANDBY);
    }

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

    @Test
    void theLeaseCountsFromTheMomentTheRequestWasSent() {
        becomeActiveAlone();
        hear(fromA(Role.STANDBY, 1, 0, false));
        long sentNanos = local();
        pass(60);
        hear(new Support("a", 1, sentNanos, true, 1));

        assertThat(election.leaseRemainingNanos(sentNanos)).isLessThanOrEqualTo(700 * MILLIS);
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
                .isEqualTo("no peer renewed the lease");
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
        hear(new Heartbeat("c", 7, 50, Role.ACTIVE, true, 1, 1, true, 0));

        assertThat(effects).contains(new Effect.Announce());
        assertThat(election.role()).isEqualTo(Role.ACTIVE);
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
    void leavingInOrderDrainsThenReleasesThenTellsThePeerThenDropsClients() {
        becomeActiveAlone();
        hear(fromA(Role.STANDBY, 1, 0, false));
        effects.clear();

        feed(Event.SwitchoverRequested::new);
        feed(now -> new Event.Drained(now, 1));
        feed(now -> new Event.AddressReleased(now, 1));

        assertThat(effects.stream()
                        .filter(e -> !(e instanceof Effect.SendHeartbeat))
                        .map(e -> e.getClass().getSimpleName()))
                .containsExactly("ClosePort", "ReleaseAddress", "SendResign", "SetLease", "DropClients");
    }

    @Test
    void aSwitchoverWithoutAFitPeerIsRefused() {
        becomeActiveAlone();

        feed(Event.SwitchoverRequested::new);

        assertThat(effects).containsExactly(new Effect.SwitchoverFailed("no fit peer is there to take over"));
        assertThat(election.role()).isEqualTo(Role.ACTIVE);
    }

    @Test
    void afterAStopNothingClaimsWhateverArrives() {
        becomeActiveAlone();
        feed(Event.StopRequested::new);
        pass(1_000);
        assertThat(effects).contains(new Effect.Stopped());
        effects.clear();

        feed(Event.StopRequested::new);
        feed(now -> new Event.FitnessChanged(now, List.of()));
        hear(fromA(Role.STANDBY, 1, 0, false));
        hear(new Resign("a", 7, 5, true, 0));
        feed(now -> new Event.AddressObserved(now, false));
        pass(10_000);

        assertThat(effects).isEmpty();
    }

    @Test
    void anOrphanOnTheInterfaceIsRemovedAndAMissingAddressClaimedAgain() {
        startAt(0);
        feed(now -> new Event.AddressObserved(now, true));
        assertThat(effects).contains(new Effect.ReleaseAddress(0));

        becomeActiveAloneAgain();
        feed(now -> new Event.AddressObserved(now, false));
        assertThat(effects).contains(new Effect.ClaimAddress(1));
    }

    private void becomeActiveAloneAgain() {
        nowMillis = 0;
        lastTickMillis = 0;
        becomeActiveAlone();
    }

    @Test
    void aNodeThatIsUnfitReleasesAndSaysWhy() {
        becomeActiveAlone();

        feed(now -> new Event.FitnessChanged(now, List.of("interface eth0 is down")));
        feed(now -> new Event.AddressReleased(now, 1));

        assertThat(election.role()).isEqualTo(Role.FAULT);
        assertThat(election.reason().text()).isEqualTo("interface eth0 is down");
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
