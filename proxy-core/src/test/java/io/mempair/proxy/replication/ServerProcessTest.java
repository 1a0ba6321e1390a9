package io.mempair.proxy.replication;

import static io.mempair.proxy.replication.ServerIdentity.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.replication.ServerProcess.Meaning;
import org.junit.jupiter.api.Test;

class ServerProcessTest {

    private static final ServerIdentity EARLIER = new ServerIdentity(10, 1_000);
    private static final ServerIdentity LATER = new ServerIdentity(11, 2_000);

    private final ServerProcess process = new ServerProcess();

    @Test
    void theFirstProcessIsNoRestart() {
        assertThat(process.connected(EARLIER)).isEqualTo(Meaning.SAME);
        assertThat(process.connected(EARLIER)).isEqualTo(Meaning.SAME);
        assertThat(process.identity()).isEqualTo(EARLIER);
    }

    @Test
    void anotherProcessIsARestartAlsoIfItsClockSaysThatItIsOlder() {
        process.connected(LATER);

        assertThat(process.connected(EARLIER)).isEqualTo(Meaning.RESTARTED);
    }

    @Test
    void anUnknownIdentityDoesNotReplaceAKnownOne() {
        process.connected(EARLIER);

        assertThat(process.connected(UNKNOWN)).isEqualTo(Meaning.SAME);
        assertThat(process.identity()).isEqualTo(EARLIER);
    }

    @Test
    void aProcessThatFollowsAnUnknownOneIsUncertain() {
        process.connected(UNKNOWN);

        assertThat(process.connected(EARLIER)).isEqualTo(Meaning.UNCERTAIN);
    }

    @Test
    void theFirstProcessIsOutdatedIfTheActiveNodeNamedALaterOne() {
        process.report(ReplicaStatus.SERVING, LATER);

        assertThat(process.connected(EARLIER)).isEqualTo(Meaning.OUTDATED);
    }

    @Test
    void theFirstProcessHasRestartedIfTheActiveNodeNamedAnEarlierOne() {
        process.report(ReplicaStatus.SERVING, EARLIER);

        assertThat(process.connected(LATER)).isEqualTo(Meaning.RESTARTED);
    }

    @Test
    void theProcessThatTheActiveNodeNamedHasTheStatusThatItReported() {
        process.connected(EARLIER);
        process.report(ReplicaStatus.REFILLING, LATER);

        assertThat(process.connected(LATER)).isEqualTo(Meaning.AS_REPORTED);
        assertThat(process.reportedStatus()).isEqualTo(ReplicaStatus.REFILLING);
    }

    @Test
    void afterATakeOverTheUpdateOfTheFormerActiveNodeHoldsNoMore() {
        process.connected(EARLIER);
        process.report(ReplicaStatus.REFILLING, LATER);
        process.forgetUpdate();

        assertThat(process.connected(LATER)).isEqualTo(Meaning.RESTARTED);
    }

    @Test
    void anotherProcessAtAnotherAddressIsForeign() {
        process.connected(EARLIER);

        assertThat(process.connectedElsewhere(EARLIER)).isEqualTo(Meaning.SAME);
        assertThat(process.connectedElsewhere(LATER)).isEqualTo(Meaning.FOREIGN);
        assertThat(process.report(ReplicaStatus.SERVING, EARLIER))
                .as("it has not received the active node's writes")
                .isEqualTo(ReplicaStatus.OUT);
    }

    @Test
    void aRepairedForeignProcessIsAsGoodAsARestartedOne() {
        process.connected(EARLIER);
        process.connectedElsewhere(LATER);
        process.repaired();

        assertThat(process.report(ReplicaStatus.SERVING, EARLIER)).isEqualTo(ReplicaStatus.REFILLING);
    }

    @Test
    void anEarlierProcessThanTheActiveNodesIsOut() {
        process.connected(EARLIER);

        assertThat(process.report(ReplicaStatus.SERVING, LATER)).isEqualTo(ReplicaStatus.OUT);
    }

    @Test
    void twoProcessesOfUnknownIdentityAtTwoAddressesAreNotTheSame() {
        process.connected(UNKNOWN);

        assertThat(process.connectedElsewhere(UNKNOWN)).isEqualTo(Meaning.FOREIGN);
    }
}
