package io.mempair.ha.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Message.Resign;
import io.mempair.ha.election.Message.Terms;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a node leaves: in order, unfit, for ever. */
class StepDownTest extends DrivenElection {

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
                .containsExactly("ClosePort", "ReleaseAddress", "SetLease", "SendResign", "DropClients");
    }

    /** Its lease, if it got one, is over by then: this node has promised it no longer one. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPeerThatFallsSilentBeforeItIsHeardAsActiveIsNotWaitedFor(boolean preempts) {
        becomeActiveAlone();
        Terms terms = new Terms(false, preempts, SETTINGS.leaseNanos());
        hear(new Heartbeat("a", 7, 200, Role.STANDBY, true, 1, 0, false, 0, terms));
        if (!preempts) {
            feed(Event.SwitchoverRequested::new);
        }
        feed(now -> new Event.Drained(now, 1));
        feed(now -> new Event.AddressReleased(now, 1));
        pass(50);
        hear(fromA(Role.STANDBY, 2, 2, false));
        pass(650);
        assertThat(claims()).isFalse();

        pass(150);

        assertThat(claims()).isTrue();
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
    void aNodeThatIsUnfitReleasesAndSaysWhy() {
        becomeActiveAlone();

        feed(now -> new Event.FitnessChanged(now, List.of("interface eth0 is down")));
        feed(now -> new Event.AddressReleased(now, 1));

        assertThat(election.role()).isEqualTo(Role.FAULT);
        assertThat(election.reason().text()).isEqualTo("interface eth0 is down");
    }
}
