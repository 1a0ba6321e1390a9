package io.mempair.ha.check;

import java.util.List;

/** What says whether this node is fit to be active, and whether it reaches more than itself. Any thread. */
public interface Checks extends AutoCloseable {

    /** Who is told; on any thread, and must not wait. */
    interface ChecksListener {

        /** What keeps this node from being active has changed; empty when nothing does. First once every check has spoken. */
        void fitness(List<String> problems);

        /** The tie-breaker answered a question that was asked at {@code askedNanos}. */
        void tieBreakerHeard(long askedNanos);
    }

    /**
     * How one check stands.
     *
     * @param name     the operator's name for it
     * @param good     whether the node is fit as far as it goes
     * @param outcome  what the last run said
     */
    record CheckStatus(String name, boolean good, String outcome) {}

    /** Begins; once. */
    void start(ChecksListener listener);

    /** The operator's checks, and the tie-breaker if there is one, in the order of the file. */
    List<CheckStatus> status();

    /** What the operator should know though the node is fit, each with its remedy. */
    default List<String> warnings() {
        return List.of();
    }

    /** Ends all of it without waiting. */
    @Override
    void close();
}
