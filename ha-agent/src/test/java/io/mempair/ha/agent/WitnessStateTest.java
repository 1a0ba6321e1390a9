package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.Election;
import io.mempair.ha.election.Event;
import io.mempair.ha.election.Message;
import io.mempair.ha.election.Message.Heartbeat;
import io.mempair.ha.election.Policy;
import io.mempair.ha.election.Role;
import io.mempair.ha.election.Settings;
import io.mempair.ha.election.StateVersion;
import io.mempair.ha.group.ServerStateMessage.StateAck;
import io.mempair.ha.group.ServerStateMessage.StateUpdate;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.ServerIdentity;
import io.mempair.proxy.replication.ServerKnowledge;
import io.mempair.proxy.replication.ServerKnowledge.Known;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class WitnessStateTest {

    private static final long MILLI = 1_000_000;
    private static final Settings SETTINGS =
            new Settings("w", 1, 60, 100 * MILLI, 700 * MILLI, 1_500 * MILLI, Settings.CLAIM_NANOS, Policy.WITNESS);
    private static final List<Known> SERVERS =
            List.of(new Known("m1:11211", false, ReplicaStatus.OUT, ServerIdentity.UNKNOWN));

    private final KeptGroup group = new KeptGroup();
    private final WitnessState state = new WitnessState(group, SETTINGS);
    private Election election = Election.start(SETTINGS, 0);

    private static StateUpdate sent(long epoch, long version) {
        return new StateUpdate("a", 40, epoch, new ServerKnowledge(version, SERVERS, 9_000));
    }

    private void knowEpoch(long epoch) {
        Message.Terms terms = new Message.Terms(true, false, 700 * MILLI);
        Heartbeat beat = new Heartbeat("a", 40, 200, Role.STANDBY, true, epoch, 0, false, 1, terms);
        election = election.onEvent(new Event.Heard(1, beat)).next();
    }

    @Test
    void itKeepsTheNewestAndConfirmsIt() {
        assertThat(state.heard(sent(3, 7), election, 1)).contains(new Event.StateKept(1, new StateVersion(3, 7)));
        assertThat(state.heard(sent(3, 7), election, 2)).isEmpty();
        assertThat(state.heard(sent(3, 6), election, 3)).isEmpty();
        assertThat(state.heard(sent(2, 9), election, 4)).isEmpty();

        assertThat(group.states).containsExactly(new StateAck("w", 60, 40, 3, 7), new StateAck("w", 60, 40, 3, 7));
    }

    /** It may have told the next holder the state before. */
    @Test
    void itConfirmsNothingToAReignThatIsOver() {
        knowEpoch(4);

        state.heard(sent(3, 7), election, 1);

        assertThat(group.states).isEmpty();
    }

    @Test
    void itSendsWhatItKeptAsItIsThen() {
        state.heard(sent(3, 7), election, 1_000 * MILLI);
        group.states.clear();

        state.sendTo("b", 3_000 * MILLI);

        assertThat(group.states).containsExactly(new StateUpdate("w", 60, 3, new ServerKnowledge(7, SERVERS, 7_000)));
    }

    @Test
    void itSendsNothingBeforeItKnowsAnything() {
        state.sendTo("b", 1);

        assertThat(group.states).isEmpty();
    }
}
