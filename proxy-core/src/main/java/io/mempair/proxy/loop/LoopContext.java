package io.mempair.proxy.loop;

import io.mempair.proxy.metrics.LoopCounters;
import io.mempair.proxy.replication.IdClock;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One event loop and what its connections share. A turn is everything between two waits of the loop for
 * the kernel: all that was read is handled, then every peer that was written to is flushed once.
 *
 * <p>Everything but {@link #counters}, {@link #lastTurnNanos} and {@link #leaseChanged} belongs to the loop's thread.
 */
public final class LoopContext {

    /** Nanoseconds; what is sent at the end of a longer turn was asked for noticeably later than the turn began. */
    private static final long LONG_TURN_NANOS = 5_000_000;

    private final EventLoop eventLoop;
    private final Ticker ticker;
    private final Fence fence;
    private final IdClock ids;
    private final Consumer<Throwable> broken;
    private final LoopCounters counters = new LoopCounters();
    private final Runnable endTurn = this::endTurn;
    private final Set<Fenced> fenced = new LinkedHashSet<>();
    private final LeaseWatch leaseWatch;

    private List<OutputBatch> touched = new ArrayList<>();
    private List<OutputBatch> flushing = new ArrayList<>();
    private boolean endScheduled;
    private long turnNanos;
    private long bufferedBytes;
    private final LoopMemory memory;
    private volatile long lastTurnNanos;

    /**
     * @param eventLoop  the loop
     * @param ticker     its clock
     * @param fence      whether clients may be served and servers repaired; shared by all loops
     * @param ids        for items with two copies; shared by all loops
     * @param broken     told of what the proxy cannot go on after; on any thread
     * @param budget     of the memory clients can make grow; shared by all loops
     * @param index      number of this loop among those that share it
     */
    public LoopContext(
            EventLoop eventLoop,
            Ticker ticker,
            Fence fence,
            IdClock ids,
            Consumer<Throwable> broken,
            MemoryBudget budget,
            int index) {
        this.eventLoop = eventLoop;
        this.ticker = ticker;
        this.fence = fence;
        this.ids = ids;
        this.leaseWatch = new LeaseWatch(this, fence);
        this.broken = broken;
        this.memory = new LoopMemory(budget, index, this::needsEnd);
        this.lastTurnNanos = clockNanos();
    }

    /** As the other, with nobody to tell and memory without a bound. */
    public LoopContext(EventLoop eventLoop, Ticker ticker, Fence fence, IdClock ids) {
        this(eventLoop, ticker, fence, ids, thrown -> {}, MemoryBudget.unlimited(), 0);
    }

    /** The loop itself, for tasks and timers. */
    public EventLoop eventLoop() {
        return eventLoop;
    }

    /** The memory that clients of this loop hold. */
    public LoopMemory memory() {
        return memory;
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

    /** Something was thrown on this loop: what costs more than a connection is told on. Any thread. */
    public void threw(Throwable thrown) {
        if (Defects.endsProcess(thrown)) {
            broken.accept(thrown);
        }
    }

    /** Whether clients may be served in this turn. What that leads to is asked about again when it is sent. */
    public boolean mayServe() {
        return fence.letsClientsIn(this);
    }

    /**
     * Whether a command that repairs a server may be sent. To be asked before each: between two of them this proxy may have
     * stepped down, or been stopped for so long that its lease ended.
     */
    public boolean mayRepair() {
        return fence.letsRepairsOut(this);
    }

    /** From now on {@code connection} is told when this proxy may not serve any more. */
    public void watch(Fenced connection) {
        fenced.add(connection);
    }

    /** It has ended. */
    public void unwatch(Fenced connection) {
        fenced.remove(connection);
    }

    /** This proxy serves no more: what was meant for the servers and has not reached them is not to. */
    public void cutOff() {
        List.copyOf(fenced).forEach(Fenced::cutOff);
    }

    /** Runs {@code over} on the loop each time a lease has ended. To be said once, before the loop is used. */
    public void onLeaseOver(Runnable over) {
        leaseWatch.onOver(over);
    }

    /** The end of the lease was set. Any thread. */
    public void leaseChanged() {
        leaseWatch.leaseChanged();
    }

    /** Says that the loop came round; any thread may ask {@link #lastTurnNanos} when. */
    public void beat() {
        lastTurnNanos = clockNanos();
        memory.tick();
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
        needsEnd();
    }

    private void needsEnd() {
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

    /** What is thrown costs the one connection: the others of this turn are flushed all the same. */
    private void endTurn(OutputBatch batch, boolean requestsMayLeave) {
        try {
            batch.endTurn(requestsMayLeave);
        } catch (RuntimeException | Error defect) {
            threw(defect);
            batch.broken(defect);
        }
    }

    private void endTurn() {
        endScheduled = false;
        List<OutputBatch> batches = touched;
        touched = flushing;
        flushing = batches;
        // read now and once: the turn may have been long, and the process stopped in it
        boolean requestsMayLeave = fence.letsRequestsOut(this);
        try {
            for (int i = 0; i < batches.size(); i++) {
                endTurn(batches.get(i), requestsMayLeave);
            }
            tellLongTurn(batches);
            memory.endTurn();
        } catch (Throwable t) {
            threw(t); // Netty only logs what a task throws
            throw t;
        } finally {
            batches.clear();
        }
    }

    /** The clock of what has just left begins now, if the turn took noticeably long. */
    private void tellLongTurn(List<OutputBatch> flushed) {
        long endedNanos = clockNanos();
        if (endedNanos - turnNanos > LONG_TURN_NANOS) {
            for (int i = 0; i < flushed.size(); i++) {
                flushed.get(i).turnWasLong(turnNanos, endedNanos);
            }
        }
    }
}
