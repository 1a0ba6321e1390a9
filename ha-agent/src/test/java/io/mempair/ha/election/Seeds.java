package io.mempair.ha.election;

import java.util.function.LongConsumer;

/** Runs a simulation for many seeds. A failure names its seed: {@code -Dmempair.seed=N} runs that one alone,
 * {@code -Dmempair.runs=N} as many as wanted. */
final class Seeds {

    private static final long RUNS = Long.getLong("mempair.runs", 100);

    private Seeds() {}

    static void forEach(LongConsumer run) {
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
}
