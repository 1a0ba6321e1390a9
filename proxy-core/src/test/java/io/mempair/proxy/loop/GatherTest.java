package io.mempair.proxy.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatherTest {

    private static final int TURNS = 20_000;

    /** Nanoseconds between two looks at the sockets while a turn is held. */
    private static final long LOOK_NANOS = 5_000;

    /** A loop under a steady load, on a clock of its own. */
    private static final class SteadyLoad {
        private final Gather gather;
        private final int clients;
        private final SplittableRandom random = new SplittableRandom(1);
        private long nowNanos = 1_000_000_000L;
        private int held;
        private long longestHoldNanos;

        SteadyLoad(long boundNanos, int clients) {
            this.gather = new Gather(boundNanos);
            this.clients = clients;
        }

        /**
         * Plays turns.
         *
         * @param inputs          of each turn, on average; half of them of clients
         * @param gapNanos        between two turns
         * @param latencyNanos    of each request
         * @param inputsOfALook   what a look brings while a turn is held, on average
         */
        SteadyLoad turns(int turns, double inputs, long gapNanos, long latencyNanos, double inputsOfALook) {
            for (int turn = 0; turn < turns; turn++) {
                nowNanos += gapNanos;
                arrive(inputs);
                gather.answered(latencyNanos);
                long beganNanos = nowNanos;
                boolean holds = gather.holds(nowNanos);
                held += holds ? 1 : 0;
                while (holds) {
                    nowNanos += LOOK_NANOS;
                    arrive(inputsOfALook);
                    holds = gather.holds(nowNanos);
                }
                longestHoldNanos = Math.max(longestHoldNanos, nowNanos - beganNanos);
            }
            return this;
        }

        private void arrive(double mean) {
            int inputs = (int) mean + (random.nextDouble() < mean - (int) mean ? 1 : 0);
            for (int i = 0; i < inputs; i++) {
                if (random.nextBoolean()) {
                    gather.heardClient(random.nextInt(clients));
                } else {
                    gather.heardServer();
                }
            }
        }

        int heldSince(int before) {
            return held - before;
        }
    }

    private static SteadyLoad manyClients(long boundNanos) {
        return new SteadyLoad(boundNanos, 50);
    }

    @ParameterizedTest
    @ValueSource(longs = {100_000, 200_000, 9_000_000})
    void manyClientsAreGatheredWithinTheBound(long boundNanos) {
        SteadyLoad load = manyClients(boundNanos).turns(TURNS, 4, 40_000, 4_000_000, 0.5);

        assertThat(load.held).isGreaterThan(TURNS / 2);
        assertThat(load.longestHoldNanos).isLessThan(Math.min(boundNanos, Gather.LONGEST_NANOS) + LOOK_NANOS);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 20_000})
    void aBoundThatIsTooShortToGatherAnythingIsNever(long boundNanos) {
        SteadyLoad load = manyClients(boundNanos);

        assertThat(load.gather.isOff()).isEqualTo(boundNanos == 0);
        assertThat(load.turns(TURNS, 4, 40_000, 4_000_000, 0.5).held).isZero();
    }

    @Test
    void aTurnIsHeldForASmallPartOfWhatARequestTakes() {
        SteadyLoad load = manyClients(200_000).turns(TURNS, 10, 40_000, 400_000, 1.25);

        assertThat(load.held).isGreaterThan(TURNS / 2);
        assertThat(load.longestHoldNanos).isLessThanOrEqualTo(50_000 + LOOK_NANOS);
    }

    /** One client; eight with multi-gets over four servers; fifty that send little. */
    @ParameterizedTest
    @CsvSource({"1, 1, 40000, 80000", "8, 3, 45000, 500000", "50, 1, 60000, 300000"})
    void fewClientsNeverWait(int clients, double inputs, long gapNanos, long latencyNanos) {
        assertThat(new SteadyLoad(200_000, clients).turns(TURNS, inputs, gapNanos, latencyNanos, 0.3).held)
                .isZero();
    }

    /** Its requests of many keys are answered by many servers, or it has many requests in flight. */
    @ParameterizedTest
    @CsvSource({"64, 40000, 400000", "4, 40000, 4000000"})
    void aLoneClientNeverWaitsHoweverMuchComes(double inputs, long gapNanos, long latencyNanos) {
        SteadyLoad load = new SteadyLoad(200_000, 1).turns(TURNS, inputs, gapNanos, latencyNanos, inputs / 8);

        assertThat(load.held).isZero();
    }

    @Test
    void aTurnThatHasAnsweredEnoughIsNotHeldLonger() {
        Gather gather = new Gather(200_000);
        long nowNanos = turn(gather, loaded(gather) + 40_000);
        assertThat(gather.holds(nowNanos)).isTrue();
        answer(gather, 15);

        assertThat(gather.holds(nowNanos + LOOK_NANOS)).isFalse();
    }

    /** As where each client has many requests in flight, whose answers come together. */
    @Test
    void turnsThatAnswerEnoughAnywayAreNeverHeld() {
        Gather gather = new Gather(200_000);
        long nowNanos = loaded(gather);
        int held = 0;
        for (int turn = 0; turn < 1_000; turn++) {
            nowNanos = turn(gather, nowNanos + 40_000);
            answer(gather, 15);
            held += gather.holds(nowNanos) ? 1 : 0;
        }

        assertThat(held).isZero();
    }

    private static void answer(Gather gather, int requests) {
        for (int i = 0; i < requests; i++) {
            gather.answered(4_000_000);
        }
    }

    @Test
    void aClientThatIsLeftAloneSoonWaitsNoMore() {
        Gather gather = new Gather(200_000);
        long nowNanos = loaded(gather);
        int held = 0;
        for (int turn = 0; turn < 1_000; turn++) {
            nowNanos += 40_000;
            for (int i = 0; i < 10; i++) {
                gather.heardClient(7);
            }
            gather.answered(4_000_000);
            while (gather.holds(nowNanos)) {
                held = turn;
                nowNanos += LOOK_NANOS;
                gather.heardClient(7);
            }
        }

        assertThat(held).as("last turn that was held").isLessThan(100);
    }

    @Test
    void aLoopThatWasIdleDoesNotWait() {
        SteadyLoad load = manyClients(200_000).turns(TURNS, 4, 40_000, 4_000_000, 0.5);
        int before = load.held;

        load.turns(1, 4, 1_000_000_000L, 4_000_000, 0.5);

        assertThat(load.heldSince(before)).isZero();
    }

    /** As where the clients need this processor to send anything. */
    @Test
    void holdingEndsWhereItBringsNothing() {
        SteadyLoad load = manyClients(200_000).turns(TURNS, 10, 40_000, 4_000_000, 0);

        assertThat(load.held).isBetween(1, 15);
    }

    @Test
    void itBeginsAgainWhenItPays() {
        SteadyLoad load = manyClients(200_000).turns(TURNS, 10, 40_000, 4_000_000, 0);
        int before = load.held;

        load.turns(TURNS, 10, 40_000, 4_000_000, 1.25);

        assertThat(load.heldSince(before)).isGreaterThan(TURNS / 2);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE - 10_000_000, -5_000_000_000_000_000_000L})
    void theClockMayBeginAnywhere(long fromNanos) {
        Gather gather = new Gather(200_000);
        long nowNanos = turn(gather, loaded(gather, fromNanos) + 40_000);

        assertThat(gather.holds(nowNanos)).isTrue();
    }

    @Test
    void aTurnThatWasCutIsNotContinuedByTheNext() {
        Gather gather = new Gather(200_000);
        long nowNanos = turn(gather, loaded(gather) + 40_000);
        assertThat(gather.holds(nowNanos)).isTrue();
        gather.cut();

        assertThat(gather.holds(nowNanos + 2_000_000)).isFalse();
        assertThat(gather.holds(turn(gather, nowNanos + 2_040_000)))
                .as("the next")
                .isTrue();
    }

    /** What may come next, in every order of four, to a loop that holds its turns. */
    private enum Arrival {
        CLIENT,
        OTHER_CLIENT,
        SERVER,
        QUICK_ANSWER,
        SLOW_ANSWER,
        CUT,
        LOOK_AT_ONCE,
        LOOK_WHEN_OVER,
        LOOK_AFTER_SLEEP
    }

    @Test
    void inEveryOrderOfArrivalsNoHoldIsLongerThanItsBoundOrFollowsASleep() {
        everyOrder(new ArrayList<>(), 4);
    }

    private static void everyOrder(List<Arrival> order, int more) {
        if (more == 0) {
            play(order, loadedOnce());
            return;
        }
        for (Arrival next : Arrival.values()) {
            order.add(next);
            everyOrder(order, more - 1);
            order.remove(order.size() - 1);
        }
    }

    private static Holding loadedOnce() {
        Gather gather = new Gather(200_000);
        return new Holding(gather, loaded(gather));
    }

    private static void play(List<Arrival> order, Holding holding) {
        order.forEach(holding::next);
        holding.next(Arrival.LOOK_AT_ONCE);
        holding.next(Arrival.LOOK_WHEN_OVER);
        assertThat(holding.beganNanos).as("still held after %s", order).isEqualTo(Holding.NOT);
    }

    /** Checks each decision of a policy as it is made. */
    private static final class Holding {
        static final long NOT = -1;

        private final Gather gather;
        private long nowNanos;
        private long endedNanos;
        private long beganNanos = NOT;
        private int holds;

        Holding(Gather gather, long nowNanos) {
            this.gather = gather;
            this.nowNanos = nowNanos;
            this.endedNanos = nowNanos;
        }

        void next(Arrival arrival) {
            switch (arrival) {
                case CLIENT -> gather.heardClient(1);
                case OTHER_CLIENT -> gather.heardClient(2);
                case SERVER -> gather.heardServer();
                case QUICK_ANSWER -> gather.answered(80_000);
                case SLOW_ANSWER -> gather.answered(500_000_000);
                case CUT -> {
                    gather.cut();
                    beganNanos = NOT;
                }
                case LOOK_AT_ONCE -> look(LOOK_NANOS);
                case LOOK_WHEN_OVER -> look(200_000);
                case LOOK_AFTER_SLEEP -> look(1_000_001);
            }
        }

        void look(long afterNanos) {
            nowNanos += afterNanos;
            boolean held = gather.holds(nowNanos);
            if (!held) {
                endedNanos = nowNanos;
                beganNanos = NOT;
            } else if (beganNanos == NOT) {
                assertThat(nowNanos - endedNanos).as("slept before").isLessThanOrEqualTo(1_000_000);
                beganNanos = nowNanos;
                holds++;
            } else {
                assertThat(nowNanos - beganNanos).as("held").isLessThan(200_000);
            }
        }
    }

    /** Any load: rates, clients, servers, latencies and stalls that change at random. */
    @Test
    void underAnyLoadTheBoundsHoldAndALoneClientIsNeverHeld() {
        for (long seed = 0; seed < 2_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int clients = 1 + random.nextInt(4) * random.nextInt(40);
            Holding holding = new Holding(new Gather(1 + random.nextLong(400_000)), random.nextLong());
            for (int phase = 0; phase < 4; phase++) {
                playPhase(random, clients, holding);
            }
            if (clients == 1) {
                assertThat(holding.holds).as("seed %d", seed).isZero();
            }
        }
    }

    private static void playPhase(SplittableRandom random, int clients, Holding holding) {
        int mostInputs = 1 + random.nextInt(40);
        long gapNanos = 1_000L << random.nextInt(12);
        long latencyNanos = 10_000L << random.nextInt(12);
        for (int look = 0; look < 200; look++) {
            for (int i = random.nextInt(mostInputs); i > 0; i--) {
                if (random.nextInt(3) > 0) {
                    holding.gather.heardClient(random.nextInt(clients));
                } else {
                    holding.gather.heardServer();
                }
            }
            holding.gather.answered(random.nextLong(latencyNanos));
            holding.look(random.nextLong(gapNanos));
        }
    }

    /** Puts a policy under the load of many clients, so that it holds; returns the time then. */
    static long loaded(Gather gather) {
        return loaded(gather, 1_000_000_000L);
    }

    static long loaded(Gather gather, long fromNanos) {
        long nowNanos = fromNanos;
        for (int turn = 0; turn < 300; turn++) {
            nowNanos = turn(gather, nowNanos + 40_000);
            while (gather.holds(nowNanos)) {
                nowNanos = turn(gather, nowNanos + 100_000);
            }
        }
        return nowNanos;
    }

    private static long turn(Gather gather, long atNanos) {
        for (int client = 1; client <= 6; client++) {
            gather.heardClient(client);
            gather.heardServer();
        }
        gather.answered(4_000_000);
        return atNanos;
    }
}
