package io.mempair.proxy.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LayoutInForceTest {

    private static final LayoutKnowledge FILLING = new LayoutKnowledge("f", "n", LayoutStage.FILLING);

    private final PeerKnowledge peers = new PeerKnowledge();
    private final LayoutInForce layout = new LayoutInForce(peers);

    @Test
    void withoutAPeerEverythingIsAcknowledgedAtOnce() {
        assertThat(layout.tell(FILLING)).isCompleted();
        assertThat(layout.tellAtMost(LayoutKnowledge.settled("n"))).isCompleted();
        assertThat(layout.isAcknowledged()).isTrue();
    }

    @Test
    void aPeerThatIsNotWaitedForAnyMoreHasNotAcknowledged() {
        peers.onChange(() -> {});
        var acknowledged = layout.tell(FILLING);
        var known = layout.tellAtMost(FILLING);
        peers.knownTo(peers.version());
        assertThat(known).isCompleted();
        assertThat(acknowledged).isNotCompleted();
        assertThat(layout.isAcknowledged()).isFalse();

        peers.acknowledgedTo(peers.version());

        assertThat(acknowledged).isCompleted();
        assertThat(layout.isAcknowledged()).isTrue();
    }

    @Test
    void whatIsToldAgainIsNoChange() {
        layout.tell(FILLING);
        long version = peers.version();
        layout.tell(FILLING);
        assertThat(peers.version()).isEqualTo(version);
    }

    /** The acknowledgements of an earlier reign say nothing of what this node was told since. */
    @Test
    void whatWasLearnedIsToBeAcknowledgedInTheNextReign() {
        peers.onChange(() -> {});
        layout.tell(FILLING);
        peers.acknowledgedTo(peers.version());
        layout.learn(LayoutKnowledge.settled("n"));
        assertThat(layout.tell(LayoutKnowledge.settled("n"))).isNotCompleted();
    }
}
