package io.mempair.proxy.refill;

import io.mempair.proxy.backend.ServerConnection;
import io.mempair.proxy.loop.LoopContext;
import io.mempair.proxy.metrics.ProxyMeter;
import io.mempair.proxy.refill.ItemCopy.CopyOutcome;
import io.mempair.proxy.replication.Key;
import io.mempair.proxy.replication.ReplicaStatus;
import io.mempair.proxy.replication.WriteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The refills of one event loop: a bounded backlog of keys. A few are copied at a time, each ordered among the writes
 * of its stripe. A key is queued once, however often it is requested. Confined to its loop.
 */
public final class Refills {

    private static final Logger LOG = LoggerFactory.getLogger(Refills.class);

    /** Longest backlog, in keys. */
    static final int MAX_BACKLOG = 10_000;

    /** Backlog at which bulk copies pause, so that keys requested by readers are copied soon. */
    static final int BUSY_FROM = 256;

    /** Concurrent copies. */
    static final int MAX_RUNNING = 32;

    /** The current mapping of keys to servers. */
    public interface Places {
        /** Whether these two servers own the key. */
        boolean areTwins(Key key, ServerConnection one, ServerConnection other);
    }

    /** A key to copy to a server. */
    private record Wanted(Key key, ServerConnection to) {}

    /** The source of a key, and the listeners that wait for it. */
    private record Job(ServerConnection from, List<ItemCopy.CopyListener> listeners) {}

    private final LoopContext loop;
    private final WriteOrder order;
    private int lifetimeSeconds;
    private Places places = (key, one, other) -> true;

    /** Oldest first; keys being copied are in {@link #running}. */
    private final Map<Wanted, Job> backlog = new LinkedHashMap<>();

    private final Map<Wanted, Job> running = new LinkedHashMap<>();
    private final ArrayDeque<Runnable> waitingForCalm = new ArrayDeque<>();
    private boolean advancing;

    /**
     * @param order            of the writes of this loop
     * @param lifetimeSeconds  of items whose own lifetime is unknown
     */
    public Refills(LoopContext loop, WriteOrder order, int lifetimeSeconds) {
        this.loop = loop;
        this.order = order;
        this.lifetimeSeconds = lifetimeSeconds;
    }

    /**
     * Replaces the mapping. Queued copies between servers that no longer own their key are dropped.
     *
     * @param nextPlaces  the new mapping; before the first call every pair of servers is accepted
     * @param seconds     lifetime of items whose own lifetime is unknown
     */
    public void change(Places nextPlaces, int seconds) {
        places = nextPlaces;
        lifetimeSeconds = seconds;
    }

    /**
     * Queues {@code key} for a copy. The copy is skipped if the target no longer needs a refill by then, one of the two
     * does not serve, or other servers own the key.
     *
     * @return false if the backlog is full; then the key is not copied
     */
    public boolean wanted(Key key, ServerConnection from, ServerConnection to) {
        return wanted(key, from, to, null);
    }

    /**
     * As {@link #wanted(Key, ServerConnection, ServerConnection)}.
     *
     * @param listener  receives the outcome, if this method returns true; {@link CopyOutcome#FAILED} if the copy was
     *     skipped
     */
    public boolean wanted(
            Key key, ServerConnection from, ServerConnection to, ItemCopy.@Nullable CopyListener listener) {
        Wanted wanted = new Wanted(key, to);
        Job job = running.getOrDefault(wanted, backlog.get(wanted));
        if (job == null) {
            if (isFull()) {
                return false;
            }
            job = new Job(from, new ArrayList<>(1));
            backlog.put(wanted, job);
        }
        if (listener != null) {
            job.listeners().add(listener);
        }
        advance();
        return true;
    }

    /** Whether the backlog is full. */
    public boolean isFull() {
        return backlog.size() >= MAX_BACKLOG;
    }

    /** Whether the backlog is so long that bulk copies should pause. */
    public boolean isBusy() {
        return backlog.size() >= BUSY_FROM;
    }

    /** Runs {@code resume} once, when {@link #isBusy} turns false. */
    public void whenCalm(Runnable resume) {
        waitingForCalm.add(resume);
    }

    /** Keys that are queued or being copied. */
    public int pending() {
        return backlog.size() + running.size();
    }

    /** Starts copies. A copy may end before its start returns, so only the outermost call loops. */
    private void advance() {
        if (advancing) {
            return;
        }
        advancing = true;
        try {
            while (running.size() < MAX_RUNNING && !backlog.isEmpty()) {
                Iterator<Map.Entry<Wanted, Job>> oldest = backlog.entrySet().iterator();
                Map.Entry<Wanted, Job> next = oldest.next();
                oldest.remove();
                begin(next.getKey(), next.getValue());
                resumeWaiting();
            }
        } finally {
            advancing = false;
        }
    }

    private void resumeWaiting() {
        for (int left = waitingForCalm.size(); left > 0 && !isBusy(); left--) {
            isolated(waitingForCalm.remove());
        }
    }

    /** Runs a step. An exception does not affect other keys and listeners. */
    private void isolated(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error defect) {
            loop.threw(defect);
            LOG.error("internal error: a refill was aborted", defect);
        }
    }

    private void begin(Wanted wanted, Job job) {
        if (!isNeeded(wanted, job)) {
            tell(job, CopyOutcome.FAILED);
            return;
        }
        running.put(wanted, job);
        int stripe = wanted.key().stripe();
        order.exclusive(stripe, () -> {
            try {
                copyIfNeeded(wanted, job, stripe);
            } catch (RuntimeException | Error defect) {
                loop.threw(defect);
                LOG.error("internal error: a refill failed", defect);
                end(wanted, job, stripe, CopyOutcome.FAILED);
            }
        });
    }

    private void copyIfNeeded(Wanted wanted, Job job, int stripe) {
        if (isNeeded(wanted, job)) {
            copy(wanted, job, stripe);
        } else {
            end(wanted, job, stripe, CopyOutcome.FAILED);
        }
    }

    /**
     * Whether the copy is still needed and safe. A server that no longer owns the key could bring back a deleted item.
     */
    private boolean isNeeded(Wanted wanted, Job job) {
        ServerConnection to = wanted.to();
        return loop.mayRepair()
                && to.usable()
                && to.state().replica().status() == ReplicaStatus.REFILLING
                && job.from().serves()
                && places.areTwins(wanted.key(), job.from(), to);
    }

    private void copy(Wanted wanted, Job job, int stripe) {
        ItemCopy.start(
                loop, job.from(), wanted.to(), wanted.key(), ItemCopy.CopyReason.REPAIR, lifetimeSeconds, outcome -> {
                    switch (outcome) {
                        case COPIED -> loop.counters().count(ProxyMeter.REFILLS_DONE);
                        case BEATEN -> loop.counters().count(ProxyMeter.REFILLS_BEATEN);
                        case CANNOT, FAILED -> loop.counters().count(ProxyMeter.REFILLS_FAILED);
                        case PRESENT, ABSENT -> {}
                    }
                    end(wanted, job, stripe, outcome);
                });
    }

    private void end(Wanted wanted, Job job, int stripe, CopyOutcome outcome) {
        if (!running.remove(wanted, job)) {
            return; // an exception has already ended it
        }
        order.ended(stripe);
        tell(job, outcome);
        advance();
    }

    private void tell(Job job, CopyOutcome outcome) {
        job.listeners().forEach(listener -> isolated(() -> listener.ended(outcome)));
    }
}
