package io.mempair.ha.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Message.Resign;
import io.mempair.ha.election.Message.Terms;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Node b, whose peer a may place keys differently. */
class PlacementAgreementTest extends DrivenElection {

    private static final long MINE = 11;
    private static final long OTHER = 12;

    private void startPlacing() {
        startAt(0);
        feed(now -> new Event.PlacementChanged(now, MINE));
    }

    private Heartbeat fromA(Role role, int priority, long reign, long placement) {
        Terms terms = new Terms(false, false, 700 * MILLIS, placement);
        return new Heartbeat(
                "a", 7, priority, role, role != Role.FAULT, 1, reign, reign != 0, nowMillis * MILLIS, terms);
    }

    private void passHearing(Role role, int priority, long reign, long placement, long millis) {
        for (long end = nowMillis + millis; nowMillis < end; ) {
            hear(fromA(role, priority, reign, placement));
            pass(100);
        }
    }

    private boolean isEligible() {
        effects.clear();
        pass(100);
        List<Effect.SendHeartbeat> sent = effects(Effect.SendHeartbeat.class);
        return sent.get(sent.size() - 1).heartbeat().eligible();
    }

    private List<String> warnings() {
        return effects(Effect.Warn.class).stream().map(Effect.Warn::line).toList();
    }

    private boolean stands() {
        return claims()
                || effects(Effect.SendHeartbeat.class).stream()
                        .anyMatch(sent -> sent.heartbeat().reignEpoch() > 0);
    }

    @Test
    void aNodeTellsHowItPlacesKeysAtOnceAndWithEachHeartbeat() {
        startPlacing();

        assertThat(effects(Effect.SendHeartbeat.class))
                .last()
                .satisfies(
                        sent -> assertThat(sent.heartbeat().terms().placement()).isEqualTo(MINE));
    }

    @Test
    void aLivingPeerThatPlacesKeysOtherwiseMakesThisNodeIneligibleAndIsSaidOnce() {
        startPlacing();
        passHearing(Role.ACTIVE, 200, 1, OTHER, 1_000);

        assertThat(warnings()).singleElement().asString().startsWith("a places keys differently from this node");
        assertThat(election.peers()).allMatch(election::placesOtherwise);
        hear(fromA(Role.ACTIVE, 200, 1, OTHER));
        assertThat(isEligible()).isFalse();
    }

    @Test
    void aPeerThatDoesNotTellHowItPlacesKeysDiffersFromNothing() {
        startPlacing();
        passHearing(Role.ACTIVE, 200, 1, Message.UNKNOWN_PLACEMENT, 1_000);

        assertThat(warnings()).isEmpty();
        hear(fromA(Role.ACTIVE, 200, 1, Message.UNKNOWN_PLACEMENT));
        assertThat(isEligible()).isTrue();
    }

    @Test
    void aReloadThatMakesBothAlikeEndsIt() {
        startPlacing();
        passHearing(Role.ACTIVE, 200, 1, OTHER, 500);

        feed(now -> new Event.PlacementChanged(now, OTHER));

        assertThat(effects(Effect.Say.class)).extracting(Effect.Say::line).contains("a places keys as this node does");
        hear(fromA(Role.ACTIVE, 200, 1, OTHER));
        assertThat(isEligible()).isTrue();
    }

    @Test
    void aDeadPeerIsReplacedWhateverItsPlacementAndThatIsSaid() {
        startPlacing();
        passHearing(Role.ACTIVE, 200, 1, OTHER, 2_000);

        feed(now -> new Event.PeerDied(now, "a", 7));

        assertThat(claims()).isTrue();
        assertThat(warnings()).last().asString().startsWith("becoming active although a places keys differently");
    }

    @Test
    void aPeerInFaultServesNobodyAndIsReplacedToo() {
        startPlacing();
        passHearing(Role.ACTIVE, 200, 1, OTHER, 2_000);
        hear(new Resign("a", 7, 1, false, nowMillis * MILLIS));
        effects.clear();

        hear(fromA(Role.FAULT, 200, 0, OTHER));
        pass(100);

        assertThat(stands()).isTrue();
    }

    @Test
    void aReignThatTheOtherLostIsLeftToItForAWhileAlsoByTheHigherPriority() {
        startPlacing();
        passHearing(Role.ACTIVE, 50, 1, OTHER, 2_000);
        hear(new Resign("a", 7, 1, false, nowMillis * MILLIS));
        effects.clear();

        passHearing(Role.STANDBY, 50, 0, OTHER, 1_900);
        assertThat(stands()).as("before its patience is over").isFalse();
        passHearing(Role.STANDBY, 50, 0, OTHER, 300);

        assertThat(stands()).as("nobody else serves").isTrue();
    }

    @Test
    void whenAllStartTheHigherPriorityServes() {
        startPlacing();
        for (long end = nowMillis + 1_000; nowMillis < end; ) {
            hear(atStart(200));
            pass(100);
        }
        assertThat(stands()).isFalse();

        hear(atStart(50));
        pass(25);

        assertThat(stands()).isTrue();
    }

    private Heartbeat atStart(int priority) {
        Terms terms = new Terms(false, false, 700 * MILLIS, OTHER);
        return new Heartbeat("a", 7, priority, Role.STANDBY, false, 0, 0, false, nowMillis * MILLIS, terms);
    }

    @Test
    void aSwitchoverAndAMaintenanceAreRefusedWithThatReason() {
        becomeActiveAlone();
        feed(now -> new Event.PlacementChanged(now, MINE));
        hear(fromA(Role.STANDBY, 200, 0, OTHER));

        feed(Event.SwitchoverRequested::new);
        feed(now -> new Event.MaintenanceRequested(now, true));

        assertThat(effects(Effect.SwitchoverFailed.class))
                .singleElement()
                .satisfies(failed -> assertThat(failed.why()).startsWith("a places keys differently from this node"));
        assertThat(effects(Effect.MaintenanceFailed.class))
                .singleElement()
                .satisfies(failed -> assertThat(failed.why()).startsWith("a places keys differently from this node"));
        assertThat(election.role()).isEqualTo(Role.ACTIVE);
    }

    /** Both nodes know that keys move; they change a moment apart. */
    @Test
    void aPeerThatHasSwitchedAlreadyOrNotYetDiffersOnlyOnceNoKeysMove() {
        startPlacing();
        feed(now -> new Event.PlacementChanged(now, MINE, OTHER));
        passHearing(Role.ACTIVE, 200, 1, OTHER, 500);
        assertThat(isEligible()).isTrue();
        assertThat(warnings()).isEmpty();

        feed(now -> new Event.PlacementChanged(now, OTHER, MINE));
        passHearing(Role.ACTIVE, 200, 1, MINE, 500);
        assertThat(isEligible()).isTrue();
        assertThat(warnings()).isEmpty();

        feed(now -> new Event.PlacementChanged(now, OTHER));
        passHearing(Role.ACTIVE, 200, 1, MINE, 500);
        assertThat(warnings()).anyMatch(line -> line.contains("a places keys differently"));
    }
}
