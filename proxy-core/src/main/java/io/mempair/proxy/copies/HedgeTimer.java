package io.mempair.proxy.copies;

import io.mempair.proxy.health.HedgeBudget;
import io.mempair.proxy.health.LatencyP99;
import io.mempair.proxy.loop.LoopContext;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The reads in flight to one server that may be hedged, oldest first. One timer watches the oldest; that is enough,
 * because a server answers in order. Confined to its loop.
 */
final class HedgeTimer {

    /** Nanoseconds; a shorter timer costs more than it saves. */
    private static final long SHORTEST_NANOS = 1_000_000;

    private final LoopContext loop;
    private final HedgeBudget budget;
    private final LatencyP99 pace = new LatencyP99();
    private final ArrayDeque<ReplicatedRead> reads = new ArrayDeque<>();
    private @Nullable Future<?> timer;

    /** @param budget  shared by all servers of the loop */
    HedgeTimer(LoopContext loop, HedgeBudget budget) {
        this.loop = loop;
        this.budget = budget;
    }

    /** The caller has just sent this read. */
    void asked(ReplicatedRead read) {
        budget.asked();
        read.askedNanos = loop.nowNanos();
        long patienceNanos = patienceNanos(read);
        if (patienceNanos < Long.MAX_VALUE) {
            forgetAnswered();
            reads.add(read);
            if (timer == null) {
                arm(patienceNanos);
            }
        }
    }

    /** The first byte of the reply has arrived. */
    void answered(ReplicatedRead read) {
        pace.add(loop.nowNanos() - read.askedNanos);
        forgetAnswered();
    }

    private void forgetAnswered() {
        ReplicatedRead oldest = reads.peek();
        while (oldest != null && !oldest.isOpen()) {
            reads.remove();
            oldest = reads.peek();
        }
    }

    private long patienceNanos(ReplicatedRead read) {
        long usual = pace.nanos();
        return usual == Long.MAX_VALUE
                ? usual
                : Math.min(Math.max(usual, SHORTEST_NANOS), read.primary.requestTimeoutNanos() / 2);
    }

    private void arm(long delayNanos) {
        timer = loop.eventLoop().schedule(this::check, delayNanos, TimeUnit.NANOSECONDS);
    }

    private void check() {
        timer = null;
        forgetAnswered();
        for (ReplicatedRead oldest = reads.peek(); oldest != null; oldest = reads.peek()) {
            long leftNanos = oldest.askedNanos + patienceNanos(oldest) - loop.nowNanos();
            if (leftNanos > 0) {
                arm(leftNanos);
                return;
            }
            reads.remove();
            if (oldest.mayHedge() && budget.take()) {
                oldest.hedge();
            }
            forgetAnswered();
        }
    }
}
