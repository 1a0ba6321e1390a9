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
 * @param copied    keys that were copied, some of them more than once
 * @param deleted   keys that were found absent, swept or left behind, and deleted
 * @param unfit     keys whose next server cannot store them
 * @param late      keys whose copy is out of date
 * @param doubtful  keys with a write that a server may still carry out
 * @param seconds   since the beginning
 * @param reason    why it is in this phase
 */
public record RebalanceProgress(
        int number,
        RebalancePhase phase,
        int round,
        String movement,
        long seen,
        long copied,
        long deleted,
        long unfit,
        int late,
        int doubtful,
        long seconds,
        String reason) {

    /** One line. */
    @Override
    public String toString() {
        return "rebalance " + number + "  " + phase + "  " + movement + "  " + copied + " copied, " + deleted
                + " deleted, " + unfit + " unfit, " + late + " late, " + doubtful + " doubtful, round " + round + ", "
                + seconds + " s: " + reason;
    }
}
