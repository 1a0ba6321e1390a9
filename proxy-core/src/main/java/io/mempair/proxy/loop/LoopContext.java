package io.mempair.proxy.loop;

import io.mempair.proxy.metrics.LoopCounters;
import io.mempair.proxy.replication.IdClock;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;

/**
 * One event loop and what its connections share. A turn is everything between two waits of the loop for
 * the kernel: all that was read is handled, then every peer that was written to is flushed once.
 *
 * <p>Everything but {@link #counters} and {@link #lastTurnNanos} belongs to the loop's thread.
 */
public final class LoopContext {

    private final EventLoop eventLoop;
    private final Ticker ticker;
    private final ServingLease lease;
    private final IdClock ids;
    private final LoopCounters counters = new LoopCounters();
    private final Runnable endTurn = this::endTurn;

    private List<OutputBatch> touched = new ArrayList<>();
    private List<OutputBatch> flushing = new ArrayList<>();
    private boolean endScheduled;
    private long turnNanos;
    private long bufferedBytes;
    private volatile long lastTurnNanos;

    /**
     * @param eventLoop  the loop
     * @param ticker     its clock
     * @param lease      until when clients may be served; shared by all loops
     * @param ids        for items with two copies; shared by all loops
     */
    public LoopContext(EventLoop eventLoop, Ticker ticker, ServingLease lease, IdClock ids) {
        this.eventLoop = eventLoop;
        this.ticker = ticker;
        this.lease = lease;
        this.ids = ids;
        this.lastTurnNanos = clockNanos();
    }

    /** The loop itself, for tasks and timers. */
    public EventLoop eventLoop() {
        return eventLoop;
    }

    /** A new cas id for both copies of an item. */
    public long newId() {
        return ids.next(nowNanos());
    }

    /** An item has this cas id: {@link #newId} gives larger ones from now on. */
    public void sawId(long id) {
        ids.seen(id, nowNanos());
    }

    /** Counters of this loop. */
    public LoopCounters counters() {
        return counters;
    }

    /** The time of this turn, on the clock of {@link System#nanoTime}: read once however often asked. */
    public long nowNanos() {
        if (!endScheduled) {
            turnNanos = clockNanos();
            scheduleEnd();
        }
        return turnNanos;
    }

    /** The clock of {@link System#nanoTime}, by way of the loop's ticker, which counts from its own start. Any thread. */
    public long clockNanos() {
        return ticker.initialNanoTime() + ticker.nanoTime();
    }

    /** Whether clients may be served in this turn. */
    public boolean mayServe() {
        return lease.lastsAt(this);
    }

    /** Says that the loop came round; any thread may ask {@link #lastTurnNanos} when. */
    public void beat() {
        lastTurnNanos = clockNanos();
    }

    /** When the loop last came round. Any thread. */
    public long lastTurnNanos() {
        return lastTurnNanos;
    }

    /** Reserves memory for a value that is to arrive; false if that would pass the limit. */
    public boolean reserve(long bytes, long limitBytes) {
        if (bufferedBytes + bytes > limitBytes) {
            return false;
        }
        bufferedBytes += bytes;
        return true;
    }

    /** Gives back what {@link #reserve} took. */
    public void unreserve(long bytes) {
        bufferedBytes -= bytes;
    }

    /** Has {@code batch} flushed when this turn ends; once, however often it is called in a turn. */
    void flushAtEndOfTurn(OutputBatch batch) {
        touched.add(batch);
        if (!endScheduled) {
            turnNanos = clockNanos();
            scheduleEnd();
        }
    }

    private void scheduleEnd() {
        endScheduled = true;
        // Runs after the input of this turn: the loop runs its tasks when it has handled what was ready.
        eventLoop.execute(endTurn);
    }

    private void endTurn() {
        endScheduled = false;
        List<OutputBatch> batches = touched;
        touched = flushing;
        flushing = batches;
        for (int i = 0; i < batches.size(); i++) {
            batches.get(i).flush();
        }
        batches.clear();
    }
}
