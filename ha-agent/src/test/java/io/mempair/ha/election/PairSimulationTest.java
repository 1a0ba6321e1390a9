package io.mempair.ha.election;

import static io.mempair.ha.election.Simulation.HEARTBEAT;
import static io.mempair.ha.election.Simulation.LEASE;
import static io.mempair.ha.election.Simulation.MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Thousands of short lives of a pair without a tie-breaker: it prefers to serve. */
@Timeout(value = 60, unit = TimeUnit.MINUTES) // at length it runs for long: deploy/simulation.sh
class PairSimulationTest {

    private static Simulation started(long seed) {
        return Simulation.started(seed, Policy.PAIR);
    }

    private static void expectNotBothServe(Simulation pair) {
        if (pair.servingNodes() > 1) {
            pair.fail("both serve");
        }
    }

    @Test
    void twoNodesThatStartTogetherGiveOneActiveTheHigherPriority() {
        Seeds.forEach(seed -> {
            Simulation pair = started(seed);
            for (int i = 0; i < 500; i++) {
                pair.runFor(10 * MILLIS);
                if (pair.a().hasAddress && pair.b().hasAddress) {
                    pair.fail("both have the address");
                }
            }
            assertThat(pair.a().isActive()).as("active: a %s", pair.story()).isTrue();
            Trouble.expectQuiet(pair);
        });
    }

    @Test
    void whateverHappensThePairComesBackToOneActiveNode() {
        Seeds.forEach(seed -> {
            Simulation pair = started(seed);
            for (int round = 0; round < 4; round++) {
                Trouble.strike(pair);
                pair.runFor(pair.random().nextInt(3_000) * MILLIS);
            }
            Trouble.end(pair);
            Trouble.expectQuiet(pair);
        });
    }

    @Test
    void aConnectedPairNeverServesTwiceWhateverStallsCrashesOrClaimsFail() {
        Seeds.forEach(seed -> {
            Simulation pair = started(seed);
            pair.runFor(3_000 * MILLIS);
            Random random = pair.random();
            for (int i = 0; i < 800; i++) {
                if (random.nextInt(60) == 0) {
                    SimulatedHost host = pair.nodes().get(random.nextInt(2));
                    switch (random.nextInt(4)) {
                        case 0 -> host.stall(random.nextInt(2_000) * MILLIS);
                        case 1 -> host.receive(Event.SwitchoverRequested::new);
                        case 2 -> pair.claimFailure = random.nextDouble() * 0.5;
                        default -> {
                            host.crash();
                            pair.after((50 + random.nextInt(3_000)) * MILLIS, host::start);
                        }
                    }
                }
                pair.runFor(10 * MILLIS);
                expectNotBothServe(pair);
            }
        });
    }

    @Test
    void aCutInOneDirectionNeverLetsBothServeAndSomeoneServes() {
        Seeds.forEach(seed -> {
            Simulation pair = started(seed);
            pair.runFor(4_000 * MILLIS);
            pair.maxDelay = pair.random().nextInt(200) * MILLIS;
            if (pair.random().nextBoolean()) {
                pair.a().receive(Event.SwitchoverRequested::new);
            }
            pair.runFor(3_000 * MILLIS);
            SimulatedHost deaf = pair.nodes().get(pair.random().nextInt(2));
            pair.cut(pair.other(deaf), deaf);
            for (int i = 0; i < 1_500; i++) {
                pair.runFor(2 * MILLIS);
                expectNotBothServe(pair);
            }
            assertThat(pair.servingNodes()).as("serving %s", pair.story()).isEqualTo(1);
            pair.mendCuts();
            pair.maxDelay = 2 * MILLIS;
            Trouble.expectQuiet(pair);
        });
    }

    @Test
    void aHealEndsTwoReignsWithinAHeartbeatAndTheDelay() {
        Seeds.forEach(seed -> {
            Simulation pair = started(seed);
            pair.runFor(5_000 * MILLIS);
            pair.cutBothWays(pair.a(), pair.b());
            pair.runFor((2_000 + pair.random().nextInt(2_000)) * MILLIS);
            assertThat(pair.nodes()).as("both go on alone %s", pair.story()).allMatch(SimulatedHost::isActive);

            pair.mendCuts();
            pair.runFor(HEARTBEAT + 40 * MILLIS);

            expectNotBothServe(pair);
            Trouble.expectQuiet(pair);
            assertThat(pair.b().isActive())
                    .as("the higher epoch stays %s", pair.story())
                    .isTrue();
        });
    }

    @Test
    void aKilledActiveNodeIsReplacedWithinALeaseAndALittle() {
        Seeds.forEach(seed -> {
            Simulation pair = started(seed);
            pair.runFor(5_000 * MILLIS);
            pair.a().crash();
            pair.runFor(LEASE + 2 * HEARTBEAT);
            assertThat(pair.b().isActive()).as("b is active %s", pair.story()).isTrue();

            pair.a().start();
            pair.runFor(5_000 * MILLIS);
            assertThat(pair.b().isActive()).as("sticky %s", pair.story()).isTrue();
            Trouble.expectQuiet(pair);
        });
    }

    /** The earlier start was active: what it said then must neither end the reign of the other nor keep it from one. */
    @Test
    void messagesOfAnEarlierStartChangeNothing() {
        Seeds.forEach(seed -> {
            Simulation pair = started(seed);
            pair.runFor(5_000 * MILLIS);
            pair.record();
            pair.runFor(500 * MILLIS);
            pair.a().crash();
            pair.runFor(LEASE + 2 * HEARTBEAT);
            pair.a().start();
            pair.runFor(4_000 * MILLIS);
            assertThat(pair.b().isActive()).as("b is active %s", pair.story()).isTrue();
            int transitions = pair.transitions();

            pair.sendAgain(pair.a(), pair.b(), 1_000 * MILLIS);
            for (int i = 0; i < 200; i++) {
                pair.runFor(10 * MILLIS);
                expectPeer(pair.b(), pair.a());
            }

            assertThat(pair.transitions()).as("changes %s", pair.story()).isEqualTo(transitions);
            Trouble.expectQuiet(pair);
        });
    }

    private static void expectPeer(SimulatedHost node, SimulatedHost peer) {
        assertThat(node.election).isNotNull();
        assertThat(node.election.peers())
                .singleElement()
                .satisfies(heard -> assertThat(heard.incarnation())
                        .as("the start of %s that %s knows", peer.name, node.name)
                        .isEqualTo(peer.incarnation()));
    }

    /** Reloaded one after the other, as by hand; in between the standby must take nothing from a living peer. */
    @Test
    void nodesThatPlaceKeysDifferentlyTakeNothingFromEachOtherWhileBothLive() {
        Seeds.forEach(seed -> {
            Simulation pair = started(seed);
            pair.runFor(5_000 * MILLIS);
            SimulatedHost active = pair.a().isActive() ? pair.a() : pair.b();
            SimulatedHost first = pair.nodes().get(pair.random().nextInt(2));
            first.places(2);
            pair.runFor(500 * MILLIS);
            int transitions = pair.transitions();
            active.receive(Event.SwitchoverRequested::new);
            pair.runFor(pair.random().nextInt(3_000) * MILLIS);
            assertThat(active.switchover).startsWith("failed: ").contains("places keys differently");
            active.stall(pair.random().nextInt(300) * MILLIS);
            pair.runFor(4_000 * MILLIS);
            assertThat(pair.transitions()).as("changes %s", pair.story()).isEqualTo(transitions);
            assertThat(active.serves()).as("serves %s", pair.story()).isTrue();

            active.crash();
            pair.runFor(LEASE + 2 * HEARTBEAT);
            assertThat(pair.other(active).isActive())
                    .as("a dead one is replaced %s", pair.story())
                    .isTrue();
            active.start();
            pair.other(first).places(2);
            Trouble.expectQuiet(pair);
        });
    }

    @Test
    void aSwitchoverMovesTheAddressWithoutBothServing() {
        Seeds.forEach(seed -> {
            Simulation pair = started(seed);
            pair.runFor(5_000 * MILLIS);
            pair.a().receive(Event.SwitchoverRequested::new);
            for (int i = 0; i < 100; i++) {
                pair.runFor(MILLIS);
                expectNotBothServe(pair);
            }
            assertThat(pair.b().serves()).as("b serves %s", pair.story()).isTrue();
            pair.runFor(200 * MILLIS);
            assertThat(pair.a().switchover).startsWith("b is active, epoch 2");
            Trouble.expectQuiet(pair);
        });
    }

    @Test
    void aStoppedNodeHandsOverAndNeverClaimsAgain() {
        Seeds.forEach(seed -> {
            Simulation pair = started(seed);
            pair.runFor(5_000 * MILLIS);
            pair.a().receive(Event.StopRequested::new);
            pair.runFor(100 * MILLIS);
            assertThat(pair.b().serves()).as("b serves %s", pair.story()).isTrue();
            pair.b().crash();
            pair.runFor(5_000 * MILLIS);
            assertThat(pair.a().hasAddress).isFalse();
            assertThat(pair.a().isActive()).isFalse();
        });
    }
}
