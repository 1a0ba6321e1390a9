package io.mempair.ha.check;

import java.util.List;

/** The checks of this node: whether it is fit to be active, and whether it reaches its tie-breaker. Any thread. */
public interface Checks extends AutoCloseable {

    /** The name of the check that tells whether the tie-breaker answers. */
    String TIE_BREAKER = "tie-breaker";

    /** Receives the results, on any thread; must not block. */
    interface ChecksListener {

        /**
         * The problems that make this node unfit have changed; empty if it is fit. First called once every check has
         * reported.
         */
        void fitness(List<String> problems);

        /** The tie-breaker answered a probe sent at {@code askedNanos}. */
        void tieBreakerHeard(long askedNanos);
    }

    /**
     * Status of one check.
     *
     * @param name     the operator's name for it
     * @param good     whether the check is good
     * @param outcome  result of the last run
     */
    record CheckStatus(String name, boolean good, String outcome) {}

    /** Begins; once. */
    void start(ChecksListener listener);

    /** The operator's checks, and the tie-breaker if there is one, in the order of the file. */
    List<CheckStatus> status();

    /** Warnings that do not make the node unfit, each with its remedy. */
    default List<String> warnings() {
        return List.of();
    }

    /** Ends all checks without waiting. */
    @Override
    void close();
}
