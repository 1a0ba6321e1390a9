package io.mempair.proxy.transfer;

import io.mempair.proxy.rebalance.RebalancePhase;

/**
 * A rebalance as an operator sees it.
 *
 * @param number    counts the rebalances of this process, from 1
 * @param phase     what it is doing
 * @param round     attempts to fill the next servers so far
 * @param movement  from which servers to which
 * @param seen      keys that the sources have listed in this round
 * @param expected  keys that will move, by estimate; 0 before the copy begins
 * @param visited   of these, keys that were copied in this round
 * @param copied    keys that were copied, some of them more than once
 * @param deleted   keys that were found absent, swept or left behind, and deleted
 * @param unfit     keys whose next server cannot store them
 * @param evicted   items that servers which get keys have dropped since the copy began
 * @param late      keys whose copy is out of date
 * @param doubtful  keys with a write that a server may still carry out
 * @param seconds   since the beginning
 * @param secondsLeft  until every key is copied, by estimate, or until the former servers are kept equal no longer; -1 if that
 *     cannot be said
 * @param reason    why it is in this phase
 */
public record RebalanceProgress(
        int number,
        RebalancePhase phase,
        int round,
        String movement,
        long seen,
        long expected,
        long visited,
        long copied,
        long deleted,
        long unfit,
        long evicted,
        int late,
        int doubtful,
        long seconds,
        long secondsLeft,
        String reason) {

    /**
     * How many seconds a walk takes from now on, at the speed it has had; -1 if that cannot be said.
     *
     * @param expected      keys of the walk
     * @param visited       of these, those that are done
     * @param elapsedNanos  since it began
     * @param mostPerSecond its speed if nothing is done yet
     */
    static long secondsLeft(long expected, long visited, long elapsedNanos, int mostPerSecond) {
        long left = Math.max(0, expected - visited);
        if (expected == 0) {
            return -1;
        }
        double nanosEach = visited == 0 || elapsedNanos <= 0 ? 1e9 / mostPerSecond : (double) elapsedNanos / visited;
        return (long) Math.ceil(left * nanosEach / 1e9);
    }

    /** Percent of the keys that are copied; between 0 and 100. */
    public int percent() {
        return expected == 0 ? 0 : (int) Math.min(100, visited * 100 / expected);
    }

    /** What a reader wants first, as in {@code copy, 48 %, about 65 s left}. */
    public String summary() {
        if (phase == RebalancePhase.KEEP) {
            return phase + ", " + secondsLeft + " s left";
        }
        if (phase != RebalancePhase.COPY || expected == 0) {
            return phase.toString();
        }
        return phase + ", " + percent() + " %" + (secondsLeft < 0 ? "" : ", about " + secondsLeft + " s left");
    }

    /** One line. */
    @Override
    public String toString() {
        return "rebalance " + number + "  " + summary() + "  " + movement + "  " + copied + " copied"
                + (expected == 0 ? "" : " of about " + expected) + ", " + deleted + " deleted, " + unfit + " unfit, "
                + evicted + " evicted, " + late + " late, " + doubtful + " doubtful, round " + round + ", " + seconds
                + " s: " + reason;
    }
}
