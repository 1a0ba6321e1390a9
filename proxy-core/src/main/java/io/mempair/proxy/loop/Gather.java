package io.mempair.proxy.loop;

import io.mempair.proxy.config.ProxyConfig;

/**
 * Decides whether a loop holds its output for a moment and looks at its sockets again, so that one turn handles more
 * input. A loop that is quicker than its clients otherwise sleeps and wakes for every few requests, and each wake-up
 * costs the proxy, the clients and the servers more than the request itself.
 *
 * <p>A turn is held only while that pays: for at most an eighth of what a request takes anyway, only if that much time
 * brings enough input at the present rate, and only if earlier holds brought about as much as expected. So a lone client
 * never waits, an idle proxy sleeps, and where the clients need this processor to send anything, holding ends after
 * a few attempts.
 *
 * <p>Pure: times are given, in nanoseconds of one monotonic clock. Confined to its loop.
 */
public final class Gather {

    /** The longest a turn may ever be held. */
    public static final long LONGEST_NANOS = ProxyConfig.DEFAULT_GATHER.toNanos();

    /** A turn is held for at most this part of the mean latency of requests. */
    private static final int LATENCY_SHARE = 8;

    /** Input a hold must promise: less does not make up for the wait. */
    private static final int WORTH_HOLDING = 6;

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
    private double meanGapNanos = LONGEST_GAP_NANOS;
    private double meanLatencyNanos;
    private long lastEndNanos;
    private int inputs;
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

    /** One read of a socket brought input. */
    void arrived() {
        inputs++;
    }

    /** A client's request was answered after this time. */
    void answered(long latencyNanos) {
        meanLatencyNanos = meanWith(meanLatencyNanos, (double) latencyNanos);
    }

    /**
     * All input that was there has been handled. Whether to hold the output and look again; if not, the turn ends. Not
     * to be called if {@link #isOff}.
     */
    boolean holds(long nowNanos) {
        if (holding) {
            if (nowNanos - holdUntilNanos < 0) {
                return true;
            }
            holding = false;
            settle();
        } else if (mayHold(nowNanos)) {
            holding = true;
            inputsBefore = inputs;
            return true;
        }
        ended(nowNanos);
        return false;
    }

    private boolean mayHold(long nowNanos) {
        if (pauseTurns > 0) {
            pauseTurns--;
            return false;
        }
        double limitNanos = Math.min((double) boundNanos, meanLatencyNanos / LATENCY_SHARE);
        promised = meanInputs / meanGapNanos * limitNanos;
        boolean hasSlept = nowNanos - lastEndNanos > LONGEST_SLEEP_NANOS;
        if (hasSlept || promised < WORTH_HOLDING) {
            return false;
        }
        holdUntilNanos = nowNanos + (long) limitNanos;
        return true;
    }

    private void settle() {
        if ((inputs - inputsBefore) * PAID_SHARE >= promised) {
            unpaid = 0;
        } else {
            pauseTurns = FIRST_PAUSE_TURNS << Math.min(unpaid++, MOST_DOUBLINGS);
        }
    }

    private void ended(long nowNanos) {
        meanGapNanos = meanWith(meanGapNanos, (double) gapNanos(nowNanos));
        meanInputs = meanWith(meanInputs, inputs);
        lastEndNanos = nowNanos;
        inputs = 0;
    }

    private long gapNanos(long nowNanos) {
        return Math.min(nowNanos - lastEndNanos, LONGEST_GAP_NANOS);
    }

    private static double meanWith(double mean, double next) {
        return mean + (next - mean) * NEWEST;
    }
}
