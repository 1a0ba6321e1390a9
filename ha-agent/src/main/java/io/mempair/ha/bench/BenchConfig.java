package io.mempair.ha.bench;

/**
 * The settings of a run. Ranges are checked where the values are read.
 *
 * @param host          name or address, looked up for each connection
 * @param connections   how many
 * @param depth         requests in flight on each
 * @param getPercent    0 to 100: gets among the requests, the others are sets
 * @param keysPerGet    keys a get asks for
 * @param valueBytes    length of every value
 * @param keys          how many different keys
 * @param rate          requests a second over all connections (open loop); 0: as many as are answered (closed loop)
 * @param warmUpNanos   time before the measured window
 * @param measureNanos  length of the measured window
 * @param everyNanos    length of an interval that is told; 0: none
 * @param timeoutNanos  a connection with a request unanswered for so long is lost; as long for connecting
 * @param reconnect     a lost connection is made again, else it ends the run
 * @param seed          of the choice of requests
 * @param processId     whose CPU time is told; 0: nobody's
 */
public record BenchConfig(
        String host,
        int port,
        int connections,
        int depth,
        int getPercent,
        int keysPerGet,
        int valueBytes,
        int keys,
        int rate,
        long warmUpNanos,
        long measureNanos,
        long everyNanos,
        long timeoutNanos,
        boolean reconnect,
        long seed,
        long processId) {

    /** As a person writes the target. */
    public String target() {
        return host + ':' + port;
    }

    boolean isOpenLoop() {
        return rate > 0;
    }

    /** Small values are filled in with more requests in flight than may be wanted later: it is not measured. */
    int fillDepth() {
        return Math.max(depth, Math.max(1, Math.min(16, 32_768 / valueBytes)));
    }
}
