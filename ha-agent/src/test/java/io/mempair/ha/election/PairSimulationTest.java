package io.mempair.ha.election;

import static io.mempair.ha.election.PairSimulation.HEARTBEAT;
import static io.mempair.ha.election.PairSimulation.LEASE;
import static io.mempair.ha.election.PairSimulation.MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.mempair.ha.election.PairSimulation.Host;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Thousands of short lives of a pair. A failure names its seed: {@code -Dmempair.seed=N} runs that one alone,
 * {@code -Dmempair.runs=N} more of them. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class PairSimulationTest {

    private static final long RUNS = Long.getLong("mempair.runs", 300);

    private static void forEachSeed(LongConsumer run) {
        Long only = Long.getLong("mempair.seed");
        long first = only == null ? 1 : only;
        long last = only == null ? RUNS : only;
        for (long seed = first; seed <= last; seed++) {
            try {
                run.accept(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    private static PairSimulation started(long seed) {
        PairSimulation pair = new PairSimulation(seed);
        pair.hosts.forEach(host -> pair.after(pair.random().nextInt(300) * MILLIS, host::start));
        return pair;
    }

    /** Within a bound one fit node is active, serves, and then nothing changes any more. */
    private static void expectQuiet(PairSimulation pair) {
        pair.runFor(8_000 * MILLIS);
        assertThat(pair.hosts.stream().filter(Host::isActive).count())
                .as("active nodes of %s\n%s", pair.hosts, String.join("\n", pair.log))
                .isEqualTo(1);
        assertThat(pair.hosts)
                .as("the address is where the active node is")
                .allMatch(h -> h.hasAddress == h.isActive());
        int transitions = pair.a().transitions + pair.b().transitions;
        pair.runFor(5_000 * MILLIS);
        assertThat(pair.a().transitions + pair.b().transitions)
                .as("transitions in a quiet pair %s\n%s", pair.hosts, String.join("\n", pair.log))
                .isEqualTo(transitions);
    }

    @Test
    void twoNodesThatStartTogetherGiveOneActiveTheHigherPriority() {
        forEachSeed(seed -> {
            PairSimulation pair = started(seed);
            long bothSince = -1;
            for (int i = 0; i < 500; i++) {
                pair.runFor(10 * MILLIS);
                if (pair.a().hasAddress && pair.b().hasAddress && bothSince < 0) {
                    bothSince = pair.now;
                }
            }
            assertThat(bothSince)
                    .as("both had the address\n%s", String.join("\n", pair.log))
                    .isEqualTo(-1);
            assertThat(pair.a().isActive())
                    .as("%s\n%s", pair.hosts, String.join("\n", pair.log))
                    .isTrue();
            expectQuiet(pair);
        });
    }

    @Test
    void whateverHappensThePairComesBackToOneActiveNode() {
        forEachSeed(seed -> {
            PairSimulation pair = started(seed);
            for (int round = 0; round < 4; round++) {
                trouble(pair);
                pair.runFor(pair.random().nextInt(3_000) * MILLIS);
            }
            heal(pair);
            expectQuiet(pair);
        });
    }

    private static void trouble(PairSimulation pair) {
        Random random = pair.random();
        Host host = pair.hosts.get(random.nextInt(2));
        switch (random.nextInt(8)) {
            case 0 -> pair.loss = random.nextDouble() * 0.6;
            case 1 -> pair.maxDelay = random.nextInt(400) * MILLIS;
            case 2 -> {
                pair.cutFromA = random.nextBoolean();
                pair.cutFromB = random.nextBoolean();
            }
            case 3 -> host.stall(random.nextInt(2_500) * MILLIS);
            case 4 -> {
                if (host.election != null) {
                    host.crash();
                    pair.after(random.nextInt(2_000) * MILLIS, () -> {
                        if (host.election == null) {
                            host.start();
                        }
                    });
                }
            }
            case 5 -> pair.claimFailure = random.nextDouble();
            case 6 -> pair.doubling = random.nextDouble();
            default -> host.receive(Event.SwitchoverRequested::new);
        }
    }

    private static void heal(PairSimulation pair) {
        pair.loss = 0;
        pair.doubling = 0;
        pair.maxDelay = 2 * MILLIS;
        pair.claimFailure = 0;
        pair.cutFromA = false;
        pair.cutFromB = false;
        // a node whose claims kept failing waits out its back-off, and a crashed one its restart
        pair.runFor(2_500 * MILLIS);
        pair.hosts.stream().filter(host -> host.election == null).forEach(Host::start);
        pair.runFor(Settings.MAX_BACK_OFF_NANOS);
    }

    @Test
    void aConnectedPairNeverServesTwiceWhateverStallsCrashesOrClaimsFail() {
        forEachSeed(seed -> {
            PairSimulation pair = started(seed);
            pair.runFor(3_000 * MILLIS);
            Random random = pair.random();
            long both = 0;
            for (int i = 0; i < 800; i++) {
                if (random.nextInt(60) == 0) {
                    Host host = pair.hosts.get(random.nextInt(2));
                    switch (random.nextInt(4)) {
                        case 0 -> host.stall(random.nextInt(2_000) * MILLIS);
                        case 1 -> host.receive(Event.SwitchoverRequested::new);
                        case 2 -> pair.claimFailure = random.nextDouble() * 0.5;
                        default -> {
                            if (host.election != null) {
                                host.crash();
                                pair.after((50 + random.nextInt(3_000)) * MILLIS, host::start);
                            }
                        }
                    }
                }
                pair.runFor(10 * MILLIS);
                if (pair.a().serves() && pair.b().serves()) {
                    both++;
                }
            }
            assertThat(both * 10 * MILLIS)
                    .as("nanoseconds both served\n%s", String.join("\n", pair.log))
                    .isZero();
        });
    }

    @Test
    void aCutInOneDirectionNeverLetsBothServeAndSomeoneServes() {
        forEachSeed(seed -> {
            PairSimulation pair = started(seed);
            pair.runFor(4_000 * MILLIS);
            pair.maxDelay = pair.random().nextInt(200) * MILLIS;
            if (pair.random().nextBoolean()) {
                pair.a().receive(Event.SwitchoverRequested::new);
            }
            pair.runFor(3_000 * MILLIS);
            pair.cutFromA = pair.random().nextBoolean();
            pair.cutFromB = !pair.cutFromA;
            for (int i = 0; i < 1_500; i++) {
                pair.runFor(2 * MILLIS);
                assertThat(pair.a().serves() && pair.b().serves())
                        .as("both serve\n%s", String.join("\n", pair.log))
                        .isFalse();
            }
            assertThat(pair.a().serves() || pair.b().serves())
                    .as("nobody serves %s\n%s", pair.hosts, String.join("\n", pair.log))
                    .isTrue();
            pair.cutFromA = false;
            pair.cutFromB = false;
            pair.maxDelay = 2 * MILLIS;
            expectQuiet(pair);
        });
    }

    @Test
    void aHealEndsTwoReignsWithinAHeartbeatAndTheDelay() {
        forEachSeed(seed -> {
            PairSimulation pair = started(seed);
            pair.runFor(5_000 * MILLIS);
            pair.cutFromA = true;
            pair.cutFromB = true;
            pair.runFor((2_000 + pair.random().nextInt(2_000)) * MILLIS);
            assertThat(pair.hosts)
                    .as("both go on alone\n%s", String.join("\n", pair.log))
                    .allMatch(Host::isActive);

            pair.cutFromA = false;
            pair.cutFromB = false;
            pair.runFor(HEARTBEAT + 40 * MILLIS);

            assertThat(pair.a().serves() && pair.b().serves())
                    .as("both serve\n%s", String.join("\n", pair.log))
                    .isFalse();
            expectQuiet(pair);
            assertThat(pair.b().isActive())
                    .as("the higher epoch stays\n%s", String.join("\n", pair.log))
                    .isTrue();
        });
    }

    @Test
    void aKilledActiveNodeIsReplacedWithinALeaseAndALittle() {
        forEachSeed(seed -> {
            PairSimulation pair = started(seed);
            pair.runFor(5_000 * MILLIS);
            pair.a().crash();
            pair.runFor(LEASE + 2 * HEARTBEAT);
            assertThat(pair.b().isActive())
                    .as("%s\n%s", pair.hosts, String.join("\n", pair.log))
                    .isTrue();

            pair.a().start();
            pair.runFor(5_000 * MILLIS);
            assertThat(pair.b().isActive())
                    .as("sticky\n%s", String.join("\n", pair.log))
                    .isTrue();
            expectQuiet(pair);
        });
    }

    @Test
    void aSwitchoverMovesTheAddressWithoutBothServing() {
        forEachSeed(seed -> {
            PairSimulation pair = started(seed);
            pair.runFor(5_000 * MILLIS);
            pair.a().receive(Event.SwitchoverRequested::new);
            for (int i = 0; i < 100; i++) {
                pair.runFor(MILLIS);
                assertThat(pair.a().serves() && pair.b().serves()).isFalse();
            }
            assertThat(pair.b().serves())
                    .as("%s\n%s", pair.hosts, String.join("\n", pair.log))
                    .isTrue();
            pair.runFor(200 * MILLIS);
            assertThat(pair.a().switchover).startsWith("b is active, epoch 2");
            expectQuiet(pair);
        });
    }

    @Test
    void aStoppedNodeHandsOverAndNeverClaimsAgain() {
        forEachSeed(seed -> {
            PairSimulation pair = started(seed);
            pair.runFor(5_000 * MILLIS);
            pair.a().receive(Event.StopRequested::new);
            pair.runFor(100 * MILLIS);
            assertThat(pair.b().serves())
                    .as("%s\n%s", pair.hosts, String.join("\n", pair.log))
                    .isTrue();
            pair.b().crash();
            pair.runFor(5_000 * MILLIS);
            assertThat(pair.a().hasAddress).isFalse();
            assertThat(pair.a().isActive()).isFalse();
        });
    }
}
