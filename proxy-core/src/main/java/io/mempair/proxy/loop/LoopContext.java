package io.mempair.proxy.loop;

import io.mempair.proxy.inspect.LoopInspector;
import io.mempair.proxy.metrics.LoopCounters;
import io.mempair.proxy.metrics.LoopLatencies;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.replication.IdClock;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One event loop and the state its connections share. A turn is the work between two waits of the loop for the kernel:
 * all input is handled, then every connection with output is flushed once.
 *
 * <p>Confined to the loop's thread, except {@link #counters}, {@link #requestLatencies}, {@link #lastTurnNanos} and {@link #leaseChanged}.
 */
public final class LoopContext {

    /** Nanoseconds; after a longer turn the send time differs noticeably from the start of the turn. */
    private static final long LONG_TURN_NANOS = 5_000_000;

    /** Bytes; a turn that has read more is not held. */
    private static final long MOST_BYTES_TO_HOLD = 256 * 1_024;

    private final EventLoop eventLoop;
    private final Ticker ticker;
    private final Fence fence;
    private final IdClock ids;
    private final Consumer<Throwable> broken;
    private final LoopCounters counters = new LoopCounters();
    private final LoopLatencies requestLatencies = new LoopLatencies();
    private final Runnable endTurn = this::endTurn;
    private final Runnable endTurnAfterLook;
    private final Gather gather;

    /** The loop, if it can look at its sockets again before a turn ends; else null. */
    private final @Nullable SingleThreadEventLoop holdingLoop;

    private final Set<Fenced> fenced = new LinkedHashSet<>();
    private final LeaseWatch leaseWatch;

    private List<OutputBatch> touched = new ArrayList<>();
    private List<OutputBatch> flushing = new ArrayList<>();
    private boolean endScheduled;

    /** Whether the memory of clients needs attention at the end of this turn, so that it must not be held. */
    private boolean urgent;

    /** Whether the output of this turn was held. */
    private boolean held;

    /** What this turn has read so far. */
    private long turnBytes;

    private long turnNanos;
    private long bufferedBytes;
    private final LoopMemory memory;

    /** While somebody looks at requests; else null. */
    private @Nullable LoopInspector inspector;

    private volatile long lastTurnNanos;

    /**
     * @param eventLoop  the loop
     * @param ticker     its clock
     * @param fence      whether clients may be served and servers repaired; shared by all loops
     * @param ids        for items with two copies; shared by all loops
     * @param broken     receives errors the proxy cannot continue after; any thread
     * @param budget     of the memory that clients occupy; shared by all loops
     * @param index      number of this loop among the loops that share the budget
     * @param gather     when to hold the output of a turn for more input
     */
    public LoopContext(
            EventLoop eventLoop,
            Ticker ticker,
            Fence fence,
            IdClock ids,
            Consumer<Throwable> broken,
            MemoryBudget budget,
            int index,
            Gather gather) {
        this.eventLoop = eventLoop;
        this.ticker = ticker;
        this.fence = fence;
        this.ids = ids;
        this.leaseWatch = new LeaseWatch(this, fence);
        this.broken = broken;
        this.gather = gather;
        this.holdingLoop = eventLoop instanceof SingleThreadEventLoop single && !gather.isOff() ? single : null;
        this.endTurnAfterLook = () -> eventLoop.execute(endTurn);
        this.memory = new LoopMemory(budget, index, this::memoryNeedsEnd);
        this.lastTurnNanos = clockNanos();
    }

    /** As the other constructor, without a receiver of errors, without a memory limit, and no turn is ever held. */
    public LoopContext(EventLoop eventLoop, Ticker ticker, Fence fence, IdClock ids) {
        this(eventLoop, ticker, fence, ids, thrown -> {}, MemoryBudget.unlimited(), 0, new Gather(0));
    }

    /** The loop itself, for tasks and timers. */
    public EventLoop eventLoop() {
        return eventLoop;
    }

    /** The memory that clients of this loop occupy. */
    public LoopMemory memory() {
        return memory;
    }

    /** A new cas id for both copies of an item. */
    public long newId() {
        return ids.next(nowNanos());
    }

    /** Makes {@link #newId} exceed this cas id from now on. */
    public void sawId(long id) {
        ids.seen(id, nowNanos());
    }

    /** Counters of this loop. */
    public LoopCounters counters() {
        return counters;
    }

    /** How long requests of clients took on this loop. */
    public LoopLatencies requestLatencies() {
        return requestLatencies;
    }

    /** What looks at the requests of this loop; null unless somebody does. */
    public @Nullable LoopInspector inspector() {
        return inspector;
    }

    /** Begins or ends looking at requests. */
    public void inspect(@Nullable LoopInspector next) {
        inspector = next;
    }

    /** The time of this turn, in nanoseconds on the clock of {@link System#nanoTime}; read once per turn. */
    public long nowNanos() {
        if (!endScheduled) {
            turnNanos = clockNanos();
            scheduleEnd();
        }
        return turnNanos;
    }

    /**
     * A fresh reading of the clock of {@link System#nanoTime}, through the loop's ticker, which counts from its own
     * start. Any thread.
     */
    public long clockNanos() {
        return ticker.initialNanoTime() + ticker.nanoTime();
    }

    /** Reports an exception on this loop, if it concerns more than one connection. Any thread. */
    public void threw(Throwable thrown) {
        if (Defects.endsProcess(thrown)) {
            broken.accept(thrown);
        }
    }

    /** Whether clients may be served in this turn. The fence is checked again before requests are sent. */
    public boolean mayServe() {
        return fence.letsClientsIn(this);
    }

    /**
     * Whether a repair command may be sent. Check it before each command: meanwhile the node may have stepped down, or
     * been stopped for longer than its lease.
     */
    public boolean mayRepair() {
        return fence.letsRepairsOut(this);
    }

    /**
     * The number of this node's present reign, or of its last one. What waits must compare it: in between another node may
     * have served, and its state of the servers counts.
     */
    public long reign() {
        return fence.reign();
    }

    /** As {@link #mayRepair()}, for a repair that began in that reign. */
    public boolean mayRepair(long ofReign) {
        return fence.reign() == ofReign && mayRepair();
    }

    /** Whether this node serves, or finishes what it serves, whatever its lease. */
    public boolean isServing() {
        return !fence.isClosed();
    }

    /** Registers {@code connection} for {@link #cutOff}. */
    public void watch(Fenced connection) {
        fenced.add(connection);
    }

    /** Removes a connection. */
    public void unwatch(Fenced connection) {
        fenced.remove(connection);
    }

    /** The node no longer serves: requests that have not reached the servers must not reach them. */
    public void cutOff() {
        List.copyOf(fenced).forEach(Fenced::cutOff);
    }

    /** Runs {@code over} on the loop each time a lease ends. Call it once, before the loop is used. */
    public void onLeaseOver(Runnable over) {
        leaseWatch.onOver(over);
    }

    /** The end of the lease has changed. Any thread. */
    public void leaseChanged() {
        leaseWatch.leaseChanged();
    }

    /** Records that the loop is alive, for {@link #lastTurnNanos}. */
    public void beat() {
        lastTurnNanos = clockNanos();
        memory.tick();
    }

    /** When the loop last recorded a turn, in nanoseconds. Any thread. */
    public long lastTurnNanos() {
        return lastTurnNanos;
    }

    /** Reserves memory for an announced value; false if that would exceed the limit. */
    public boolean reserve(long bytes, long limitBytes) {
        if (bufferedBytes + bytes > limitBytes) {
            return false;
        }
        bufferedBytes += bytes;
        return true;
    }

    /** Returns memory reserved by {@link #reserve}. */
    public void unreserve(long bytes) {
        bufferedBytes -= bytes;
    }

    /** Flushes {@code batch} at the end of this turn, once, however often it is called. */
    void flushAtEndOfTurn(OutputBatch batch) {
        touched.add(batch);
        needsEnd();
    }

    private void memoryNeedsEnd() {
        urgent = true;
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
        // Runs after the input of this turn: the loop runs its tasks after handling all ready channels.
        eventLoop.execute(endTurn);
    }

    /** Flushes one connection. An exception affects only that connection; the others are still flushed. */
    private void endTurn(OutputBatch batch, boolean requestsMayLeave) {
        try {
            batch.endTurn(requestsMayLeave);
        } catch (RuntimeException | Error defect) {
            threw(defect);
            batch.broken(defect);
        }
    }

    /** A read of a server's socket has brought so many bytes. */
    public void heardServer(int bytes) {
        gather.heardServer();
        turnBytes += bytes;
    }

    /**
     * A read of a client's socket has brought so many bytes.
     *
     * @param client  tells the clients of the loop apart
     */
    public void heardClient(int client, int bytes) {
        gather.heardClient(client);
        turnBytes += bytes;
    }

    /** A client's request was answered {@code latencyNanos} after it had been taken. */
    public void answered(long latencyNanos) {
        gather.answered(latencyNanos);
    }

    /**
     * Whether the output waits until the loop has looked at its sockets again. A task that submits itself would run again
     * before that; one that runs behind the tasks of this iteration does not, and a loop with a task does not sleep.
     */
    private boolean holdsTurn() {
        SingleThreadEventLoop looking = holdingLoop;
        if (looking == null) {
            return false;
        }
        // large values gain nothing, and what a client makes the proxy hold is looked at between turns only
        if (urgent || turnBytes > MOST_BYTES_TO_HOLD || memory.isShort() || looking.isShuttingDown()) {
            gather.cut();
            return false;
        }
        long nowNanos = clockNanos();
        if (!gather.holds(nowNanos)) {
            return false;
        }
        held = true;
        turnNanos = nowNanos;
        looking.executeAfterEventLoopIteration(endTurnAfterLook);
        return true;
    }

    private void endTurn() {
        if (holdsTurn()) {
            return;
        }
        counters.count(held ? ProxyMeter.TURNS_HELD : ProxyMeter.TURNS_NOT_HELD);
        held = false;
        endScheduled = false;
        urgent = false;
        turnBytes = 0;
        List<OutputBatch> batches = touched;
        touched = flushing;
        flushing = batches;
        // read once and now: the turn may have been long, or the process stopped during it
        boolean requestsMayLeave = fence.letsRequestsOut(this);
        try {
            for (int i = 0; i < batches.size(); i++) {
                endTurn(batches.get(i), requestsMayLeave);
            }
            tellLongTurn(batches);
            memory.endTurn();
        } catch (Throwable t) {
            threw(t); // Netty only logs exceptions of tasks
            throw t;
        } finally {
            batches.clear();
        }
    }

    /** Restarts the timeout of the requests just sent, if the turn was long. */
    private void tellLongTurn(List<OutputBatch> flushed) {
        long endedNanos = clockNanos();
        if (endedNanos - turnNanos > LONG_TURN_NANOS) {
            for (int i = 0; i < flushed.size(); i++) {
                flushed.get(i).turnWasLong(turnNanos, endedNanos);
            }
        }
    }
}
