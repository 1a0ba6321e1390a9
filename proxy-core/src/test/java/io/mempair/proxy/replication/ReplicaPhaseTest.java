package io.mempair.proxy.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.proxy.replication.ReplicaPhase.ReplicaEvent;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReplicaPhaseTest {

    @ParameterizedTest
    @EnumSource(ReplicaPhase.class)
    void onlyARepairEndsBeingOut(ReplicaPhase phase) {
        if (phase.status() != ReplicaStatus.OUT) {
            return;
        }
        for (ReplicaEvent event : ReplicaEvent.values()) {
            ReplicaPhase next = phase.after(event);
            assertThat(next.status() == ReplicaStatus.OUT || event == ReplicaEvent.REPAIRED)
                    .as("%s after %s is %s", phase, event, next)
                    .isTrue();
            assertThat(next)
                    .as("%s after %s: nothing serves alone at once", phase, event)
                    .isNotEqualTo(ReplicaPhase.SERVING);
        }
    }

    @ParameterizedTest
    @EnumSource(ReplicaPhase.class)
    void aMissedWriteLeavesNoServerInUse(ReplicaPhase phase) {
        assertThat(phase.after(ReplicaEvent.MISSED).status()).isEqualTo(ReplicaStatus.OUT);
    }

    @ParameterizedTest
    @EnumSource(ReplicaPhase.class)
    void aServerIsOutOnlyAfterAMissedWrite(ReplicaPhase phase) {
        if (phase.status() == ReplicaStatus.OUT) {
            return;
        }
        assertThat(Arrays.stream(ReplicaEvent.values())
                        .filter(event -> phase.after(event).status() == ReplicaStatus.OUT))
                .containsExactly(ReplicaEvent.MISSED);
    }

    /** A server that may lack what it had is never taken for whole by what merely happens to it. */
    @ParameterizedTest
    @EnumSource(ReplicaPhase.class)
    void onlyARefillEndsARefill(ReplicaPhase phase) {
        List<ReplicaEvent> events = Arrays.stream(ReplicaEvent.values())
                .filter(event -> phase != ReplicaPhase.SERVING && phase.after(event) == ReplicaPhase.SERVING)
                .toList();
        assertThat(events).isEqualTo(phase == ReplicaPhase.REFILLING ? List.of(ReplicaEvent.REFILLED) : List.of());
    }

    @Test
    void theWayBackOfAServerThatFailsOften() {
        ReplicaPhase phase = ReplicaPhase.SERVING;
        List<ReplicaEvent> way = List.of(
                ReplicaEvent.MISSED,
                ReplicaEvent.HOLD_DOWN,
                ReplicaEvent.DRAIN,
                ReplicaEvent.GIVEN_UP,
                ReplicaEvent.DRAIN,
                ReplicaEvent.REPLAY,
                ReplicaEvent.FLUSH,
                ReplicaEvent.FLUSHED,
                ReplicaEvent.REPAIRED,
                ReplicaEvent.REFILLED);
        StringBuilder seen = new StringBuilder();
        for (ReplicaEvent event : way) {
            phase = phase.after(event);
            seen.append(phase).append(' ');
        }
        assertThat(seen.toString())
                .isEqualTo("OUT HELD_DOWN DRAINING OUT DRAINING REPLAYING FLUSHING REPLAYING REFILLING SERVING ");
    }

    @Test
    void everyPhaseIsReachedAndLeft() {
        Map<ReplicaPhase, EnumSet<ReplicaPhase>> next = Arrays.stream(ReplicaPhase.values())
                .collect(Collectors.toMap(
                        phase -> phase,
                        phase -> EnumSet.copyOf(Arrays.stream(ReplicaEvent.values())
                                .map(phase::after)
                                .toList())));
        EnumSet<ReplicaPhase> reached = EnumSet.of(ReplicaPhase.SERVING);
        while (reached.addAll(
                reached.stream().flatMap(phase -> next.get(phase).stream()).toList())) {}
        assertThat(reached).isEqualTo(EnumSet.allOf(ReplicaPhase.class));
        next.forEach((phase, others) ->
                assertThat(others).as("ways out of %s", phase).hasSizeGreaterThan(1));
    }

    /** What a server is good for and its phase never disagree, in whatever order things happen to it. */
    @Test
    void aReplicaFollowsTheTable() {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            ReplicaState replica = new ReplicaState("m1:11211", new PeerKnowledge(), 4_096);
            Key key = Key.of("k".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, 1);
            replica.connected(new ServerIdentity(1, 1));
            for (int i = 0; i < 40; i++) {
                ReplicaPhase before = replica.phase();
                switch (random.nextInt(8)) {
                    case 0 -> replica.missed(key);
                    case 1 -> replica.connected(new ServerIdentity(random.nextInt(3) + 1, 1));
                    case 2 -> replica.step(ReplicaEvent.HOLD_DOWN);
                    case 3 -> replica.step(ReplicaEvent.DRAIN);
                    case 4 -> replica.step(ReplicaEvent.REPLAY);
                    case 5 -> replica.step(ReplicaEvent.GIVEN_UP);
                    case 6 -> replay(replica);
                    default -> replica.refill().completed(replica.refill().generation());
                }
                assertThat(replica.status()).isEqualTo(replica.phase().status());
                if (replica.status() == ReplicaStatus.OUT) {
                    assertThat(replica.takes(key))
                            .as("seed %d, from %s", seed, before)
                            .isFalse();
                } else {
                    assertThat(replica.missedWrites().journaledKeys())
                            .as("seed %d, from %s", seed, before)
                            .isZero();
                }
            }
        }
    }

    private static void replay(ReplicaState replica) {
        if (replica.status() == ReplicaStatus.OUT) {
            replica.step(ReplicaEvent.REPLAY);
            if (replica.missedWrites().beginFlush()) {
                replica.step(ReplicaEvent.FLUSHED);
            }
            replica.missedWrites().nextToReplay(1_000);
            assertThat(replica.takeBack()).isTrue();
        }
    }
}
