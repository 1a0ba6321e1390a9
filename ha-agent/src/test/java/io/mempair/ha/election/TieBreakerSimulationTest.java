package io.mempair.ha.election;

import static io.mempair.ha.election.Simulation.HEARTBEAT;
import static io.mempair.ha.election.Simulation.LEASE;
import static io.mempair.ha.election.Simulation.MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pair that asks a tie-breaker before it goes on alone. */
@Timeout(value = 60, unit = TimeUnit.MINUTES) // at length it runs for long: deploy/simulation.sh
class TieBreakerSimulationTest {

    private static final Policy WITH_TIE_BREAKER = new Policy(false, false, true, false, 0);

    private static Simulation settled(long seed) {
        Simulation pair = Simulation.started(seed, WITH_TIE_BREAKER);
        pair.runFor(6_000 * MILLIS);
        assertThat(pair.a().isActive()).as("a is active %s", pair.story()).isTrue();
        return pair;
    }

    private static void neverBothFor(Simulation pair, long duration) {
        for (long end = pair.now + duration; pair.now < end; ) {
            pair.runFor(2 * MILLIS);
            if (pair.servingNodes() > 1) {
                pair.fail("both serve");
            }
            if (pair.a().hasAddress && pair.b().hasAddress) {
                pair.fail("both have the address");
            }
        }
    }

    @Test
    void aHostThatIsCutOffFromEverythingLetsGoBeforeTheOtherTakesOver() {
        Seeds.forEach(seed -> {
            Simulation pair = settled(seed);
            SimulatedHost cutOff = pair.nodes().get(pair.random().nextInt(2));
            pair.isolate(cutOff);
            neverBothFor(pair, LEASE + 3 * HEARTBEAT);
            assertThat(pair.other(cutOff).serves())
                    .as("serves %s", pair.story())
                    .isTrue();
            neverBothFor(pair, 4_000 * MILLIS);
            pair.mendCuts();
            neverBothFor(pair, 2_000 * MILLIS);
            Trouble.expectQuiet(pair);
        });
    }

    @Test
    void aCutBetweenTheNodesOnlyMakesBothActiveAndTheHealEndsItInAHeartbeat() {
        Seeds.forEach(seed -> {
            Simulation pair = settled(seed);
            pair.cutBothWays(pair.a(), pair.b());
            pair.runFor(3_000 * MILLIS);
            assertThat(pair.servingNodes()).as("serving %s", pair.story()).isEqualTo(2);
            pair.mendCuts();
            pair.runFor(HEARTBEAT + 40 * MILLIS);
            neverBothFor(pair, 3_000 * MILLIS);
        });
    }

    @Test
    void anActiveNodeThatLosesItsTieBreakerHandsOverToOneThatHasIt() {
        Seeds.forEach(seed -> {
            Simulation pair = settled(seed);
            pair.a().tieBreakerAway = true;
            neverBothFor(pair, LEASE + 4 * HEARTBEAT);
            assertThat(pair.b().serves()).as("b serves %s", pair.story()).isTrue();
            pair.b().tieBreakerAway = true;
            int transitions = pair.transitions();
            neverBothFor(pair, 3_000 * MILLIS);
            assertThat(pair.transitions())
                    .as("with both the same, nothing moves %s", pair.story())
                    .isEqualTo(transitions);
        });
    }

    @Test
    void aNodeWhosePeerIsProvedDeadNeedsNoTieBreaker() {
        Seeds.forEach(seed -> {
            Simulation pair = settled(seed);
            pair.nodes().forEach(node -> node.tieBreakerAway = true);
            pair.runFor(1_000 * MILLIS);
            pair.a().receive(Event.StopRequested::new);
            pair.runFor(4_000 * MILLIS);
            assertThat(pair.b().serves()).as("b serves %s", pair.story()).isTrue();
        });
    }

    @Test
    void whateverHappensThePairComesBackToOneActiveNode() {
        Seeds.forEach(seed -> {
            Simulation pair = Simulation.started(seed, WITH_TIE_BREAKER);
            for (int round = 0; round < 5; round++) {
                Trouble.strike(pair);
                pair.runFor(pair.random().nextInt(3_000) * MILLIS);
            }
            Trouble.end(pair);
            Trouble.expectQuiet(pair);
        });
    }
}
