package io.mempair.deploy.handover;

/**
 * What clients do when something is wrong.
 *
 * @param answerNanos  how long they wait for an answer
 * @param returns      whether one whose connection is over connects again; if not, none is to be over
 */
record LoadPatience(long answerNanos, boolean returns) {

    /** Where no client is to notice anything: far longer than any answer takes. */
    static final LoadPatience STAYS = new LoadPatience(10_000_000_000L, false);

    /** Where nodes break: the time-out of many clients. */
    static final LoadPatience RETURNS = new LoadPatience(1_000_000_000L, true);
}
