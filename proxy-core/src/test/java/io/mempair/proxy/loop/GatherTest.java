package io.mempair.proxy.loop;

import static org.assertj.core.api.Assertions.assertThat;

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
        private final SplittableRandom random = new SplittableRandom(1);
        private long nowNanos = 1_000_000_000L;
        private int held;
        private long longestHoldNanos;

        SteadyLoad(long boundNanos) {
            gather = new Gather(boundNanos);
        }

        /**
         * Plays turns.
         *
         * @param inputs          of each turn, on average
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
                gather.arrived();
            }
        }

        int heldSince(int before) {
            return held - before;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {100_000, 200_000, 9_000_000})
    void manyClientsAreGatheredWithinTheBound(long boundNanos) {
        SteadyLoad load = new SteadyLoad(boundNanos).turns(TURNS, 4, 40_000, 4_000_000, 0.5);

        assertThat(load.held).isGreaterThan(TURNS / 2);
        assertThat(load.longestHoldNanos).isLessThan(Math.min(boundNanos, Gather.LONGEST_NANOS) + LOOK_NANOS);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 20_000})
    void aBoundThatIsTooShortToGatherAnythingIsNever(long boundNanos) {
        SteadyLoad load = new SteadyLoad(boundNanos);

        assertThat(load.gather.isOff()).isEqualTo(boundNanos == 0);
        assertThat(load.turns(TURNS, 4, 40_000, 4_000_000, 0.5).held).isZero();
    }

    @Test
    void aTurnIsHeldForASmallPartOfWhatARequestTakes() {
        SteadyLoad load = new SteadyLoad(200_000).turns(TURNS, 10, 40_000, 400_000, 1.25);

        assertThat(load.held).isGreaterThan(TURNS / 2);
        assertThat(load.longestHoldNanos).isLessThanOrEqualTo(50_000 + LOOK_NANOS);
    }

    /** One client; eight with multi-gets over four servers; fifty that send little. */
    @ParameterizedTest
    @CsvSource({"1, 40000, 80000", "3, 45000, 500000", "1, 60000, 300000"})
    void fewClientsNeverWait(double inputs, long gapNanos, long latencyNanos) {
        assertThat(new SteadyLoad(200_000).turns(TURNS, inputs, gapNanos, latencyNanos, 0.3).held)
                .isZero();
    }

    @Test
    void aLoopThatWasIdleDoesNotWait() {
        SteadyLoad load = new SteadyLoad(200_000).turns(TURNS, 4, 40_000, 4_000_000, 0.5);
        int before = load.held;

        load.turns(1, 4, 1_000_000_000L, 4_000_000, 0.5);

        assertThat(load.heldSince(before)).isZero();
    }

    /** As where the clients need this processor to send anything. */
    @Test
    void holdingEndsWhereItBringsNothing() {
        SteadyLoad load = new SteadyLoad(200_000).turns(TURNS, 10, 40_000, 4_000_000, 0);

        assertThat(load.held).isBetween(1, 15);
    }

    @Test
    void itBeginsAgainWhenItPays() {
        SteadyLoad load = new SteadyLoad(200_000).turns(TURNS, 10, 40_000, 4_000_000, 0);
        int before = load.held;

        load.turns(TURNS, 10, 40_000, 4_000_000, 1.25);

        assertThat(load.heldSince(before)).isGreaterThan(TURNS / 2);
    }
}
