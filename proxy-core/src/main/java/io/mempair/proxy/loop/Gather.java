package io.mempair.proxy.loop;

import io.mempair.proxy.config.ProxyConfig;

/**
 * Decides whether a loop holds its output for a moment and looks at its sockets again, so that one turn handles more
 * input. A loop that is quicker than its clients otherwise sleeps and wakes for every few requests, and each wake-up
 * costs the proxy, the clients and the servers more than the request itself.
 *
 * <p>A turn is held only while that pays: for at most an eighth of what a request takes anyway, only if that much time
 * brings enough input at the present rate, also from several clients, only if earlier holds brought about as much as
 * expected, and only until enough requests share the wake-up. So a lone client never waits, however many requests it has in flight and servers it asks; an idle proxy
 * sleeps; and where the clients need this processor to send anything, holding ends after a few attempts.
 *
 * <p>Pure: times are given, in nanoseconds of one monotonic clock. Confined to its loop.
 */
public final class Gather {

    /** The longest a turn may ever be held. */
    public static final long LONGEST_NANOS = ProxyConfig.LONGEST_GATHER.toNanos();

    /** A turn is held for at most this part of the mean latency of requests. */
    private static final int LATENCY_SHARE = 8;

    /** Input a hold must promise: less does not make up for the wait. */
    private static final int WORTH_HOLDING = 6;

    /** Reads of a client other than the one heard before it that a hold must promise. A lone client makes none. */
    private static final int OTHERS_WORTH_HOLDING = 2;

    /** Requests answered in a turn that make it worth its wake-up: what has gathered so many is not held any longer. */
    private static final int ENOUGH_ANSWERS = 16;

    /** The part of the promised input a hold must bring to count as paid. */
    private static final int PAID_SHARE = 3;

    /** Turns without a hold after the first that did not pay; doubled by each further one. */
    private static final int FIRST_PAUSE_TURNS = 16;

    private static final int MOST_DOUBLINGS = 8;

    /** Weight of the newest turn, or latency, in the averages. */
    private static final double NEWEST = 1.0 / 32;

    /** A loop that has slept for longer is not under load now, whatever it was before. */
    private static final long LONGEST_SLEEP_NANOS = 1_000_000;

    /** A longer gap between turns says no more than this about the rate. */
    private static final long LONGEST_GAP_NANOS = 10_000_000;

    private final long boundNanos;
    private double meanInputs;
    private double meanOthers;
    private double meanGapNanos = LONGEST_GAP_NANOS;
    private double meanLatencyNanos;
    private long lastEndNanos;
    private int inputs;
    private int others;
    private int lastClient;
    private int answers;
    private boolean holding;
    private int inputsBefore;
    private long holdUntilNanos;
    private double promised;
    private int unpaid;
    private int pauseTurns;

    /**
     * @param boundNanos  the longest hold; 0 for never
     */
    public Gather(long boundNanos) {
        this.boundNanos = Math.min(boundNanos, LONGEST_NANOS);
    }

    /** Whether no turn is ever held. */
    boolean isOff() {
        return boundNanos == 0;
    }

    /** A read of a server's socket brought input. */
    void heardServer() {
        inputs++;
    }

    /**
     * A read of a client's socket brought input.
     *
     * @param client  tells the clients of the loop apart
     */
    void heardClient(int client) {
        inputs++;
        if (client != lastClient) {
            lastClient = client;
            others++;
        }
    }

    /** A client's request was answered after this time. */
    void answered(long latencyNanos) {
        answers++;
        meanLatencyNanos = meanWith(meanLatencyNanos, (double) latencyNanos);
    }

    /**
     * All input that was there has been handled. Whether to hold the output and look again; if not, the turn ends. Not
     * to be called if {@link #isOff}.
     */
    boolean holds(long nowNanos) {
        boolean enough = answers >= ENOUGH_ANSWERS;
        if (holding) {
            if (!enough && nowNanos - holdUntilNanos < 0) {
                return true;
            }
            holding = false;
            settle(enough);
        } else if (!enough && mayHold(nowNanos)) {
            holding = true;
            inputsBefore = inputs;
            return true;
        }
        ended(nowNanos);
        return false;
    }

    /** The turn ends now, whatever there is to gain, and teaches nothing. */
    void cut() {
        holding = false;
        inputs = 0;
        others = 0;
        answers = 0;
    }

    private boolean mayHold(long nowNanos) {
        if (pauseTurns > 0) {
            pauseTurns--;
            return false;
        }
        double limitNanos = Math.min((double) boundNanos, meanLatencyNanos / LATENCY_SHARE);
        double gaps = limitNanos / meanGapNanos;
        promised = meanInputs * gaps;
        boolean hasSlept = gapNanos(nowNanos) > LONGEST_SLEEP_NANOS;
        if (hasSlept || promised < WORTH_HOLDING || meanOthers * gaps < OTHERS_WORTH_HOLDING) {
            return false;
        }
        holdUntilNanos = nowNanos + (long) limitNanos;
        return true;
    }

    private void settle(boolean enough) {
        if (enough || (inputs - inputsBefore) * PAID_SHARE >= promised) {
            unpaid = 0;
        } else {
            pauseTurns = FIRST_PAUSE_TURNS << Math.min(unpaid++, MOST_DOUBLINGS);
        }
    }

    private void ended(long nowNanos) {
        meanGapNanos = meanWith(meanGapNanos, (double) gapNanos(nowNanos));
        meanInputs = meanWith(meanInputs, inputs);
        meanOthers = meanWith(meanOthers, others);
        lastEndNanos = nowNanos;
        inputs = 0;
        others = 0;
        answers = 0;
    }

    private long gapNanos(long nowNanos) {
        long gapNanos = nowNanos - lastEndNanos;
        // below 0 before the first end only: the clock may begin anywhere
        return gapNanos < 0 || gapNanos > LONGEST_GAP_NANOS ? LONGEST_GAP_NANOS : gapNanos;
    }

    private static double meanWith(double mean, double next) {
        return mean + (next - mean) * NEWEST;
    }
}
