package io.mempair.proxy.copies;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Holds a request that only one server can answer for sure, until that server serves again or is given up, with a time
 * limit. Looks every few milliseconds, so that no server need know who waits for it. Confined to its loop.
 */
public final class LastCopyWait {

    private static final long FIRST_LOOK_MILLIS = 5;
    private static final long LONGEST_LOOK_MILLIS = 100;

    private final LoopContext loop;
    private final ServerConnection server;
    private final long deadlineNanos;
    private final long reign;
    private final BooleanSupplier cutShort;
    private final Runnable settled;
    private final Runnable late;
    private long lookMillis = FIRST_LOOK_MILLIS;

    private LastCopyWait(
            LoopContext loop,
            ServerConnection server,
            long deadlineNanos,
            BooleanSupplier cutShort,
            Runnable settled,
            Runnable late) {
        this.loop = loop;
        this.server = server;
        this.deadlineNanos = deadlineNanos;
        this.reign = loop.reign();
        this.cutShort = cutShort;
        this.settled = settled;
        this.late = late;
    }

    /**
     * Runs exactly one of the two on the loop, after this method has returned: {@code settled} when the server serves or is
     * given up, so that the request may be tried again; {@code late} at the deadline, or when this node's reign has ended.
     *
     * @param deadlineNanos  on the clock of {@link LoopContext#nowNanos}
     */
    public static void begin(
            LoopContext loop, ServerConnection server, long deadlineNanos, Runnable settled, Runnable late) {
        begin(loop, server, deadlineNanos, () -> false, settled, late);
    }

    /**
     * As {@link #begin(LoopContext, ServerConnection, long, Runnable, Runnable)}.
     *
     * @param cutShort  whether the request is late before the deadline, because others need its place
     */
    static void begin(
            LoopContext loop,
            ServerConnection server,
            long deadlineNanos,
            BooleanSupplier cutShort,
            Runnable settled,
            Runnable late) {
        loop.counters().count(ProxyMeter.LAST_COPY_WAITS);
        new LastCopyWait(loop, server, deadlineNanos, cutShort, settled, late).lookLater();
    }

    private void lookLater() {
        loop.eventLoop().schedule(this::look, lookMillis, TimeUnit.MILLISECONDS);
        lookMillis = Math.min(2 * lookMillis, LONGEST_LOOK_MILLIS);
    }

    private void look() {
        boolean sameReign = loop.reign() == reign;
        if (sameReign && (server.serves() || server.state().replica().isLost())) {
            settled.run();
        } else if (isLate() || !loop.mayRepair(reign) || server.isEnding()) {
            loop.counters().count(ProxyMeter.LAST_COPY_FAILURES);
            late.run();
        } else {
            lookLater();
        }
    }

    private boolean isLate() {
        return loop.nowNanos() - deadlineNanos >= 0 || cutShort.getAsBoolean();
    }
}
