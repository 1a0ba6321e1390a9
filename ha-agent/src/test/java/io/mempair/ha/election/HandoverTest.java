package io.mempair.ha.election;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How a node steps down with its clients' connections. */
class HandoverTest extends DrivenElection {

    private void becomeActiveWithAHeir() {
        becomeActiveAlone();
        feed(now -> new Event.HandoverAllowed(now, true));
        beat();
        effects.clear();
    }

    /** The heir is there, and supports this node. */
    private void beat() {
        hear(fromA(Role.STANDBY, 1, 0, false));
        hear(new Message.Support("a", 1, local(), true, 1, 0));
    }

    private List<String> names() {
        return effects.stream()
                .filter(effect -> !(effect instanceof Effect.SendHeartbeat || effect instanceof Effect.Say))
                .map(effect -> effect.getClass().getSimpleName())
                .toList();
    }

    private void copying() {
        becomeActiveWithAHeir();
        feed(Event.SwitchoverRequested::new);
        feed(now -> new Event.HandoverPrepared(now, 1));
        feed(now -> new Event.Drained(now, 1));
        feed(now -> new Event.AddressReleased(now, 1));
    }

    @Test
    void theEndOfTheReignAndTheCommitAreOneDecision() {
        copying();
        assertThat(names()).containsExactly("PrepareHandover", "Quiesce", "ReleaseAddress", "CopyConnections");
        effects.clear();

        feed(now -> new Event.ConnectionsCopied(now, 1));

        assertThat(names()).containsExactly("SetLease", "CommitHandover", "ClosePort", "SendResign", "DropClients");
        assertThat(election.role()).isEqualTo(Role.STANDBY);
    }

    @Test
    void anActiveNodeServesWhileItsPeerPrepares() {
        becomeActiveWithAHeir();

        feed(Event.SwitchoverRequested::new);
        pass(100);

        assertThat(names()).containsExactly("PrepareHandover");
        assertThat(election.activeNode()).isEqualTo("b");
    }

    @Test
    void aRefusalMakesItAPlainSwitchover() {
        becomeActiveWithAHeir();
        feed(Event.SwitchoverRequested::new);

        feed(now -> new Event.HandoverFailed(now, 1, "it lacks the right"));

        assertThat(names()).containsExactly("PrepareHandover", "AbandonHandover", "ClosePort");
    }

    @Test
    void aFailureBehindTheLockGivesTheConnectionsAndTheAddressBack() {
        copying();
        effects.clear();

        feed(now -> new Event.HandoverFailed(now, 1, "the peer is gone"));
        feed(now -> new Event.AddressClaimed(now, 1));
        feed(now -> new Event.PortOpened(now, 1));

        assertThat(names()).containsExactly("AbandonHandover", "ClaimAddress", "OpenPort", "SwitchoverFailed");
        assertThat(election.role()).isEqualTo(Role.ACTIVE);
        assertThat(transitions).isEmpty();
    }

    @Test
    void aFailureWhileTheAddressIsBeingReleasedWaitsForThat() {
        becomeActiveWithAHeir();
        feed(Event.SwitchoverRequested::new);
        feed(now -> new Event.HandoverPrepared(now, 1));
        feed(now -> new Event.Drained(now, 1));
        effects.clear();

        feed(now -> new Event.HandoverFailed(now, 1, "the peer is gone"));
        assertThat(names()).isEmpty();
        feed(now -> new Event.AddressReleased(now, 1));

        assertThat(names()).containsExactly("AbandonHandover", "ClaimAddress");
    }

    @Test
    void nothingIsTakenBackAfterTheCommit() {
        copying();
        feed(now -> new Event.ConnectionsCopied(now, 1));
        effects.clear();

        feed(now -> new Event.HandoverFailed(now, 1, "the peer is gone"));

        assertThat(names()).isEmpty();
    }

    @Test
    void aLeaseThatEndsInTheMiddleEndsTheHandOverWithoutACommit() {
        copying();
        effects.clear();

        pauseFor(900);
        feed(now -> new Event.ConnectionsCopied(now, 1));
        feed(now -> new Event.AddressReleased(now, 1));

        assertThat(names()).contains("AbandonHandover", "DropClients").doesNotContain("CommitHandover");
        assertThat(election.role()).isEqualTo(Role.STANDBY);
    }

    @Test
    void aHigherEpochInTheMiddleEndsTheHandOverWithoutACommit() {
        copying();
        effects.clear();

        hear(fromA(Role.ACTIVE, 5, 5, true));
        feed(now -> new Event.ConnectionsCopied(now, 1));

        assertThat(names()).contains("AbandonHandover").doesNotContain("CommitHandover");
    }

    @Test
    void aNodeThatStopsLeavesInThePlainWayIfTheHandOverFails() {
        becomeActiveWithAHeir();
        feed(Event.StopRequested::new);
        feed(now -> new Event.HandoverPrepared(now, 1));
        feed(now -> new Event.Drained(now, 1));
        feed(now -> new Event.AddressReleased(now, 1));
        effects.clear();

        feed(now -> new Event.HandoverFailed(now, 1, "the peer is gone"));

        assertThat(names())
                .containsExactly("AbandonHandover", "ClosePort", "SetLease", "SendResign", "DropClients", "Stopped");
    }

    @Test
    void afterAFailureTheNextStepDownIsAPlainOne() {
        copying();
        feed(now -> new Event.HandoverFailed(now, 1, "the peer is gone"));
        feed(now -> new Event.AddressClaimed(now, 1));
        feed(now -> new Event.PortOpened(now, 1));
        effects.clear();

        feed(Event.SwitchoverRequested::new);

        assertThat(names()).containsExactly("ClosePort");
    }

    @Test
    void aPeerThatDoesNotAnswerIsNotWaitedFor() {
        becomeActiveWithAHeir();
        feed(Event.SwitchoverRequested::new);

        for (int i = 0; i < 11; i++) {
            beat();
            pass(100);
        }

        assertThat(names()).startsWith("PrepareHandover").contains("AbandonHandover", "ClosePort");
    }

    @Test
    void aCopyThatTakesTooLongIsTakenBack() {
        copying();
        effects.clear();

        for (int i = 0; i < 21; i++) {
            beat();
            pass(100);
        }

        assertThat(names()).contains("AbandonHandover", "ClaimAddress").doesNotContain("CommitHandover");
    }

    @Test
    void withoutTheSettingNothingChanges() {
        becomeActiveAlone();
        hear(fromA(Role.STANDBY, 1, 0, false));
        effects.clear();

        feed(Event.SwitchoverRequested::new);

        assertThat(names()).containsExactly("ClosePort");
    }
}
