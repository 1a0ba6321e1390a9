package io.mempair.ha.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.Decision;
import io.mempair.ha.election.Effect;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Node a with its real election, driven by hand, and no threads; b and its messages are made up. */
@Timeout(value = 10, unit = TimeUnit.SECONDS)
class ServerStateReplicatorTest {

    private static final long MILLI = 1_000_000;
    private static final long INCARNATION = 40;
    private static final long OF_B = 50;
    private static final Message.Terms TERMS = new Message.Terms(false, false, 700 * MILLI);
    private static final Settings SETTINGS = new Settings(
            "a", 200, INCARNATION, 100 * MILLI, 700 * MILLI, 1_500 * MILLI, Settings.CLAIM_NANOS, Policy.PAIR);

    private final FakeProxy proxy = new FakeProxy();
    private final KeptGroup group = new KeptGroup();
    private final EventQueue events = new EventQueue();
    private Election election = Election.start(SETTINGS, 0);
    private final ServerStateReplicator exchange =
            new ServerStateReplicator(proxy, group, SETTINGS, events, election, () -> {});
    private long nowNanos;
    private Heartbeat beat;

    @BeforeEach
    void connect() {
        exchange.follow();
        feed(new Event.ChannelConnected(nowNanos));
        feed(new Event.FitnessChanged(nowNanos, List.of()));
    }

    private void feed(Event event) {
        Decision decision = election.onEvent(event);
        election = decision.next();
        for (Effect effect : decision.effects()) {
            if (effect instanceof Effect.SendHeartbeat heartbeat) {
                exchange.heartbeatSent(heartbeat.heartbeat());
                beat = heartbeat.heartbeat();
            }
        }
        exchange.turnEnded(election, event.nowNanos());
        if (election.mayHaveAddress() && election.role() != Role.ACTIVE) {
            becomeActive();
        }
    }

    private void becomeActive() {
        Decision claimed = election.onEvent(new Event.AddressClaimed(nowNanos, 1));
        election = claimed.next();
        feed(new Event.PortOpened(nowNanos, 1));
    }

    private void tickFor(long millis) {
        for (long end = nowNanos + millis * MILLI; nowNanos < end; nowNanos += 25 * MILLI) {
            feed(new Event.Tick(nowNanos));
        }
    }

    private void hearB(Role role, long reignEpoch) {
        feed(new Event.Heard(
                nowNanos, new Heartbeat("b", OF_B, 100, role, true, 1, reignEpoch, reignEpoch != 0, nowNanos, TERMS)));
    }

    private void reignAlone() {
        tickFor(3_000);
        assertThat(election.role()).isEqualTo(Role.ACTIVE);
    }

    private void runTasks() throws InterruptedException {
        for (var next = events.poll(0); next != null; next = events.poll(0)) {
            next.apply(nowNanos).ifPresent(this::feed);
        }
    }

    private static StateUpdate told(long incarnation, long epoch, long version) {
        return new StateUpdate(
                "b",
                incarnation,
                epoch,
                new ServerKnowledge(
                        version, List.of(new Known("m1:11211", false, ReplicaStatus.OUT, ServerIdentity.UNKNOWN))));
    }

    @Test
    void aStandbyTakesWhatTheActiveNodeSaysAndConfirmsIt() {
        hearB(Role.ACTIVE, 1);

        exchange.heard(told(OF_B, 1, 7), nowNanos);
        exchange.heard(told(OF_B, 1, 7), nowNanos);
        exchange.heard(told(OF_B, 1, 6), nowNanos);

        assertThat(proxy.calls).containsExactly("learn 7");
        assertThat(group.states)
                .containsExactly(
                        new StateAck("a", INCARNATION, OF_B, 1, 7), new StateAck("a", INCARNATION, OF_B, 1, 7));
    }

    /** A member that is not active sends what it knows of the last reign. Nobody waits for an answer to that. */
    @Test
    void aStandbyTakesWhatIsNewerFromAnybodyButConfirmsItOnlyToTheActiveNode() {
        hearB(Role.STANDBY, 0);

        assertThat(exchange.heard(told(OF_B, 2, 7), nowNanos))
                .contains(new Event.StateKept(nowNanos, new StateVersion(2, 7)));
        assertThat(exchange.heard(told(OF_B, 2, 7), nowNanos)).isEmpty();
        assertThat(exchange.heard(told(OF_B, 2, 6), nowNanos)).isEmpty();
        assertThat(exchange.heard(told(OF_B, 1, 8), nowNanos)).isEmpty();

        assertThat(proxy.calls).containsExactly("learn 7");
        assertThat(group.states).isEmpty();
    }

    @Test
    void aNodeSendsTheStateOfItsOwnLastReignAsItWasAtItsEnd() throws InterruptedException {
        reignAlone();
        proxy.findOut(7, ReplicaStatus.OUT);
        runTasks();
        proxy.findOut(8, ReplicaStatus.REFILLING); // not told before the end
        hearB(Role.ACTIVE, 2);
        feed(new Event.AddressReleased(nowNanos, 1));
        runTasks();
        assertThat(election.serverState()).isEqualTo(new StateVersion(1, 8));
        group.states.clear();

        exchange.sendTo("b", nowNanos);

        assertThat(group.states).containsExactly(new StateUpdate("a", INCARNATION, 1, proxy.knowledge()));
    }

    @Test
    void aNodePassesOnWhatItWasSentWithTheTimeOfAFlushThatHasComeNearer() {
        hearB(Role.ACTIVE, 1);
        List<Known> servers = told(OF_B, 1, 7).knowledge().servers();
        exchange.heard(new StateUpdate("b", OF_B, 1, new ServerKnowledge(7, servers, 5_000)), nowNanos);
        group.states.clear();

        exchange.sendTo("b", nowNanos + 2_000 * MILLI);

        assertThat(group.states)
                .containsExactly(new StateUpdate("a", INCARNATION, 1, new ServerKnowledge(7, servers, 3_000)));
    }

    /** Two lone reigns of a pair that was cut may have the same epoch. */
    @Test
    void aNodeThatYieldsToAReignOfTheSameEpochTakesThatState() throws InterruptedException {
        reignAlone();
        proxy.findOut(9, ReplicaStatus.REFILLING);
        runTasks();
        feed(new Event.FitnessChanged(nowNanos, List.of("an event loop is stuck")));
        feed(new Event.AddressReleased(nowNanos, 1));
        hearB(Role.ACTIVE, 1);

        exchange.heard(told(OF_B, 1, 7), nowNanos);

        assertThat(proxy.calls).contains("learn 7");
    }

    @Test
    void anActiveNodeTakesNothingThoughThePeerIsActiveToo() {
        reignAlone();
        hearB(Role.ACTIVE, 1);
        assertThat(election.role()).isEqualTo(Role.ACTIVE);
        assertThat(election.peers()).anyMatch(peer -> peer.holds() && peer.reignEpoch() == 1);

        exchange.heard(told(OF_B, 1, 7), nowNanos);

        assertThat(proxy.calls).isEmpty();
        assertThat(group.states).isEmpty();
    }

    @Test
    void aChangeIsToldBetweenHeartbeatsAndABurstOnce() throws InterruptedException {
        reignAlone();
        hearB(Role.STANDBY, 0);

        proxy.findOut(7, ReplicaStatus.REFILLING);
        proxy.findOut(8, ReplicaStatus.OUT);
        runTasks();

        assertThat(group.states).containsExactly(new StateUpdate("a", INCARNATION, 1, proxy.knowledge()));
        assertThat(proxy.calls).isEmpty();
        exchange.heard(new StateAck("b", OF_B, INCARNATION - 1, 1, 8), nowNanos);
        assertThat(proxy.calls).isEmpty();
        exchange.heard(new StateAck("b", OF_B, INCARNATION, 1, 8), nowNanos);
        assertThat(proxy.calls).containsExactly("known 8");
    }

    @Test
    void whatIsKnownIsRepeatedWithEachHeartbeat() throws InterruptedException {
        reignAlone();
        proxy.findOut(7, ReplicaStatus.OUT);
        runTasks();

        tickFor(1_000);

        assertThat(group.states)
                .hasSizeGreaterThan(4)
                .containsOnly(new StateUpdate("a", INCARNATION, 1, proxy.knowledge()));
        assertThat(proxy.calls).containsExactly("known 7");
    }

    @Test
    void whoOnlyAsksForSupportTellsNothingYet() throws InterruptedException {
        hearB(Role.STANDBY, 0);
        proxy.findOut(7, ReplicaStatus.OUT);
        tickFor(300);
        assertThat(beat.reignEpoch()).as("%s", election).isNotZero();
        assertThat(beat.holds()).isFalse();
        runTasks();

        assertThat(group.states).isEmpty();
        assertThat(proxy.calls).isEmpty();
    }

    @Test
    void nothingIsToldWhileThereIsNothingToTell() {
        reignAlone();

        assertThat(group.states).isEmpty();
        assertThat(proxy.calls).isEmpty();
    }

    @Test
    void whatIsTooMuchToTellHoldsNothingUpForLongerThanTheLease() throws InterruptedException {
        reignAlone();
        hearB(Role.STANDBY, 0);
        group.tooMuch = true;
        proxy.findOut(7, ReplicaStatus.OUT);
        runTasks();
        assertThat(proxy.calls).isEmpty();

        for (int heartbeat = 0; heartbeat < 5; heartbeat++) {
            feed(new Event.Heard(nowNanos, new Message.Support("b", 1, beat.sentNanos(), true, 1, 0)));
            tickFor(200);
        }

        assertThat(proxy.calls).containsExactly("known 7");
        proxy.findOut(8, ReplicaStatus.OUT);
        runTasks();
        assertThat(proxy.calls).containsExactly("known 7", "known 8");
    }

    /** An older version is heard and never acknowledges: nobody waits for it, and what it must know does not happen. */
    @Test
    void aPeerThatIsLateHasNotAcknowledged() throws InterruptedException {
        reignAlone();
        proxy.findOut(6, ReplicaStatus.OUT);
        runTasks();
        assertThat(proxy.acknowledged).isEqualTo(6);
        hearB(Role.STANDBY, 0);
        proxy.findOut(7, ReplicaStatus.OUT);
        runTasks();
        for (int heartbeat = 0; heartbeat < 5; heartbeat++) {
            hearB(Role.STANDBY, 0);
            feed(new Event.Heard(nowNanos, new Message.Support("b", 1, beat.sentNanos(), true, 1, 0)));
            tickFor(200);
        }
        assertThat(proxy.calls).endsWith("known 7");
        assertThat(proxy.acknowledged).isEqualTo(6);

        hearB(Role.STANDBY, 0);
        exchange.heard(new StateAck("b", OF_B, INCARNATION, 1, 7), nowNanos);

        assertThat(proxy.acknowledged).isEqualTo(7);
    }
}
