package io.mempair.deploy.faults;

/**
 * One round, in milliseconds.
 *
 * @param outageMillis         longest outage for a client that connects anew each time
 * @param reconnectingMillis   longest outage for a client that keeps its connection until an error
 * @param bothMillis           how long both hosts held the address
 * @param bothAfterMillis      how long of it after the fault was ended
 * @param nobodyMillis         longest time nobody held it
 * @param takeOvers            how often a node became active
 * @param strangers            answers of one node while the other served
 * @param written              writes that were acknowledged
 * @param lost                 those of them that could not be read back
 * @param problem              what went wrong so that the figures are not whole; empty if nothing
 */
record RoundResult(
        double outageMillis,
        double reconnectingMillis,
        double bothMillis,
        double bothAfterMillis,
        double nobodyMillis,
        long takeOvers,
        int strangers,
        int written,
        int lost,
        String problem) {

    private static final String NOT_BEGUN = "not begun: ";

    static RoundResult failed(String problem) {
        return new RoundResult(-1, -1, -1, -1, -1, -1, 0, 0, 0, problem);
    }

    /** Nothing was broken yet: it tells of the lab, not of the product's answer to the fault. */
    static RoundResult notBegun(String problem) {
        return failed(NOT_BEGUN + problem);
    }

    boolean begun() {
        return !problem.startsWith(NOT_BEGUN);
    }

    boolean whole() {
        return problem.isEmpty();
    }
}
