package io.mempair.ha.election;

import static io.mempair.ha.election.Simulation.HEARTBEAT;
import static io.mempair.ha.election.Simulation.LEASE;
import static io.mempair.ha.election.Simulation.MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Thousands of short lives of two nodes and a witness. The {@link Simulation} itself looks for a second valid lease, all the time. */
@Timeout(value = 60, unit = TimeUnit.MINUTES) // at length it runs for long: deploy/simulation.sh
class WitnessSimulationTest {

    /** Silence until it is noticed, the promise that must end, a few tries, and the claim. */
    private static final long TAKE_OVER = LEASE + 3 * HEARTBEAT;

    private static Simulation started(long seed) {
        return Simulation.started(seed, Policy.WITNESSED);
    }

    private static Simulation settled(long seed) {
        Simulation three = started(seed);
        three.runFor(6_000 * MILLIS);
        assertThat(three.activeNodes()).as("active %s", three.story()).isEqualTo(1);
        return three;
    }

    private static SimulatedHost active(Simulation three) {
        return three.a().isActive() ? three.a() : three.b();
    }

    @Test
    void whateverHappensThereIsOneLeaseAtMostAndInTheEndOneActiveNode() {
        Seeds.forEach(seed -> {
            Simulation three = started(seed);
            for (int round = 0; round < 6; round++) {
                Trouble.strike(three);
                three.runFor(three.random().nextInt(2_500) * MILLIS);
            }
            Trouble.end(three);
            Trouble.expectQuiet(three);
        });
    }

    @Test
    void whenAllStartTogetherTheHigherPriorityBecomesActive() {
        Seeds.forEach(seed -> {
            Simulation three = settled(seed);
            assertThat(three.a().isActive()).as("a %s", three.story()).isTrue();
            Trouble.expectQuiet(three);
        });
    }

    @Test
    void anActiveNodeThatIsCutOffIsReplacedWithinALeaseAndALittle() {
        Seeds.forEach(seed -> {
            Simulation three = settled(seed);
            SimulatedHost cutOff = active(three);
            three.isolate(cutOff);
            three.runFor(TAKE_OVER);
            assertThat(three.other(cutOff).serves())
                    .as("taken over %s", three.story())
                    .isTrue();
            assertThat(cutOff.hasAddress).as("let go %s", three.story()).isFalse();

            three.mendCuts();
            three.runFor(HEARTBEAT);
            int transitions = three.transitions();
            three.runFor(5_000 * MILLIS);
            assertThat(three.transitions() - transitions)
                    .as("the heal changes nothing %s", three.story())
                    .isZero();
            Trouble.expectQuiet(three);
        });
    }

    @Test
    void aCutBetweenTheNodesOnlyChangesNothing() {
        Seeds.forEach(seed -> {
            Simulation three = settled(seed);
            int transitions = three.transitions();
            three.cutBothWays(three.a(), three.b());
            three.runFor(5_000 * MILLIS);
            three.mendCuts();
            three.runFor(3_000 * MILLIS);
            assertThat(three.transitions()).as("changes %s", three.story()).isEqualTo(transitions);
        });
    }

    @Test
    void theWitnessMayComeAndGoWhileBothNodesAreThere() {
        Seeds.forEach(seed -> {
            Simulation three = settled(seed);
            int transitions = three.transitions();
            three.w().crash();
            three.runFor((long) three.random().nextInt(4_000) * MILLIS);
            three.w().start();
            three.runFor(4_000 * MILLIS);
            assertThat(three.transitions()).as("changes %s", three.story()).isEqualTo(transitions);
        });
    }

    @Test
    void aCutInOneDirectionLetsOneServeInTheEnd() {
        Seeds.forEach(seed -> {
            Simulation three = settled(seed);
            SimulatedHost node = three.nodes().get(three.random().nextInt(2));
            boolean mute = three.random().nextBoolean();
            three.hosts.stream().filter(other -> other != node).forEach(other -> {
                if (mute) {
                    three.cut(node, other);
                } else {
                    three.cut(other, node);
                }
            });
            three.runFor(2 * LEASE);
            assertThat(three.servingNodes()).as("serving %s", three.story()).isEqualTo(1);
            three.mendCuts();
            Trouble.expectQuiet(three);
        });
    }

    @Test
    void aCrashedActiveNodeIsReplacedAlsoWhenNobodyCanProveIt() {
        Seeds.forEach(seed -> {
            Simulation three = settled(seed);
            SimulatedHost crashed = active(three);
            crashed.crash();
            three.runFor(TAKE_OVER);
            assertThat(three.other(crashed).serves())
                    .as("taken over %s", three.story())
                    .isTrue();
            crashed.start();
            Trouble.expectQuiet(three);
        });
    }

    /** Counted from its arrival, an answer would make a lease outlast the promise by the time it travelled. */
    @Test
    void answersThatAreLongOnTheirWayMakeNoLeaseLonger() {
        Seeds.forEach(seed -> {
            Simulation three = settled(seed);
            SimulatedHost node = active(three);
            for (SimulatedHost other : three.hosts) {
                if (other != node) {
                    three.slowDown(other, node, (300 + three.random().nextInt(300)) * MILLIS);
                }
            }
            three.runFor((1_000 + three.random().nextInt(1_000)) * MILLIS);
            three.hosts.stream().filter(other -> other != node).forEach(other -> three.cut(node, other));
            three.runFor(2 * LEASE);
            assertThat(three.other(node).serves())
                    .as("taken over %s", three.story())
                    .isTrue();
            three.mendCuts();
            Trouble.expectQuiet(three);
        });
    }

    /** The other node asks all the time; the witness comes back, and has forgotten whom it promised. */
    @Test
    void aWitnessThatIsStartedAgainKeepsAPromiseItDoesNotRemember() {
        Seeds.forEach(seed -> {
            Simulation three = settled(seed);
            SimulatedHost node = active(three);
            three.cutBothWays(three.a(), three.b());
            three.runFor((1_000 + three.random().nextInt(1_000)) * MILLIS);
            three.cutBothWays(node, three.w());
            three.w().crash();
            three.after(three.random().nextInt(300) * MILLIS, three.w()::start);
            three.runFor(4_000 * MILLIS);
            assertThat(three.other(node).serves())
                    .as("taken over %s", three.story())
                    .isTrue();
            three.mendCuts();
            Trouble.expectQuiet(three);
        });
    }

    /** A network that holds messages back, and the other node asks the witness all the time. */
    @Test
    void messagesOfAnEarlierStartFreeNoPromise() {
        Seeds.forEach(seed -> {
            Simulation three = settled(seed);
            SimulatedHost node = active(three);
            three.record();
            three.runFor((500 + three.random().nextInt(500)) * MILLIS);
            node.crash();
            three.runFor(TAKE_OVER);
            node.start();
            three.runFor((3_000 + three.random().nextInt(2_000)) * MILLIS);
            three.other(node).receive(Event.SwitchoverRequested::new);
            three.runFor(1_000 * MILLIS);
            assertThat(node.isActive()).as("active again %s", three.story()).isTrue();
            three.cutBothWays(three.a(), three.b());
            three.runFor(1_000 * MILLIS);

            three.sendAgain(node, three.w(), 1_000 * MILLIS);
            three.runFor(2_000 * MILLIS);

            assertThat(node.isActive()).as("stays active %s", three.story()).isTrue();
            three.mendCuts();
            Trouble.expectQuiet(three);
        });
    }

    /** It takes over at once: from a node that is not fit, or that is gone, so that only the witness can tell. */
    @Test
    void aNodeThatHasJustStartedServesWithWhatWasKnownBefore() {
        Seeds.forEach(seed -> {
            Simulation three = settled(seed);
            SimulatedHost node = active(three);
            SimulatedHost other = three.other(node);
            other.crash();
            three.runFor((500 + three.random().nextInt(500)) * MILLIS);
            other.start();
            boolean gone = three.random().nextBoolean();
            three.after(three.random().nextInt(700) * MILLIS, () -> {
                if (gone) {
                    node.crash();
                } else {
                    node.unfitFor(20_000 * MILLIS);
                }
            });
            three.runFor(5_000 * MILLIS);
            assertThat(other.serves()).as("taken over %s", three.story()).isTrue();
            three.expectKnowing(other);
            node.start();
        });
    }

    @Test
    void aNodeThatHearsEverythingLateServesWithWhatWasKnownBefore() {
        Seeds.forEach(seed -> {
            Simulation three = settled(seed);
            SimulatedHost node = active(three);
            SimulatedHost other = three.other(node);
            three.slowDown(node, other, LEASE + three.random().nextInt(2_000) * MILLIS);
            for (int i = 0; i < 1_000 && !three.relied().isNewerThan(other.kept()); i++) {
                three.runFor(10 * MILLIS);
            }
            assertThat(three.relied()).as("%s is behind", other.name).isGreaterThan(other.kept());
            if (three.random().nextBoolean()) {
                node.crash();
            } else {
                three.isolate(node);
            }
            three.runFor(5_000 * MILLIS);
            assertThat(other.serves()).as("taken over %s", three.story()).isTrue();
            three.expectKnowing(other);
        });
    }

    @Test
    void twoOfThreeMustBeThere() {
        Seeds.forEach(seed -> {
            Simulation three = settled(seed);
            SimulatedHost last = active(three);
            three.isolate(last);
            three.w().crash();
            three.runFor(3_000 * MILLIS);
            assertThat(three.servingNodes())
                    .as("each of the nodes is alone %s", three.story())
                    .isZero();
            three.w().start();
            three.mendCuts();
            Trouble.expectQuiet(three);
        });
    }
}
