package io.mempair.ha.bench;

/**
 * The open loop: request number i is due i / rate seconds after the start and belongs to connection i modulo their number,
 * whether or not earlier ones have been answered. A request that had to wait for room keeps its intended time: a server that stalls
 * does not slow the load down, and the wait is part of the latency of every request that should have been sent meanwhile.
 * Requests that are due but not yet sent need no queue, only the number of the next one.
 */
final class OpenFeed implements Feed {

    private static final double NANOS_PER_SECOND = 1e9;

    private final RequestMix mix;
    private final int connections;
    private final long startNanos;
    private final long lengthNanos;
    private final double periodNanos;
    private final long[] taken;

    /**
     * @param rate         requests a second, over all connections
     * @param lengthNanos  requests are due from the start for so long
     */
    OpenFeed(RequestMix mix, int connections, int rate, long startNanos, long lengthNanos) {
        this.mix = mix;
        this.connections = connections;
        this.periodNanos = NANOS_PER_SECOND / rate;
        this.startNanos = startNanos;
        this.lengthNanos = lengthNanos;
        this.taken = new long[connections];
    }

    @Override
    public boolean next(int connection, long nowNanos, Request into) {
        long afterStartNanos = afterStartNanos(connection + taken[connection] * connections);
        if (afterStartNanos > nowNanos - startNanos || afterStartNanos >= lengthNanos) {
            return false;
        }
        taken[connection]++;
        mix.choose(into);
        into.intendedNanos = startNanos + afterStartNanos;
        return true;
    }

    /** Whether request number {@code number} is due at all, before the end. */
    boolean has(long number) {
        return afterStartNanos(number) < lengthNanos;
    }

    /** When request number {@code number} is due. */
    long dueNanos(long number) {
        return startNanos + afterStartNanos(number);
    }

    /** The connection it belongs to. */
    int connectionOf(long number) {
        return (int) (number % connections);
    }

    private long afterStartNanos(long number) {
        return (long) (number * periodNanos);
    }
}
