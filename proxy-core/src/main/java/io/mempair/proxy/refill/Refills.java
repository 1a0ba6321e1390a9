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
 * The keys that servers are to get back on one event loop: a bounded backlog, of which a few are copied at a time, each in
 * its turn among the writes of its stripe. A key is there once, however often it is wanted. Confined to its loop.
 */
public final class Refills {

    private static final Logger LOG = LoggerFactory.getLogger(Refills.class);

    /** Keys that wait at most. */
    static final int MAX_BACKLOG = 10_000;

    /** Keys that wait from which on those who copy in bulk should wait, so that what was asked for by a reader comes soon. */
    static final int BUSY_FROM = 256;

    /** Copies at a time. */
    static final int MAX_RUNNING = 32;

    /** Which servers keys belong to at this moment. */
    public interface Places {
        /** Whether these two are the servers of the key. */
        boolean areTwins(Key key, ServerConnection one, ServerConnection other);
    }

    /** A key that a server is to get. */
    private record Wanted(Key key, ServerConnection to) {}

    /** Where it comes from, and who waits for it. */
    private record Job(ServerConnection from, List<ItemCopy.CopyListener> listeners) {}

    private final LoopContext loop;
    private final WriteOrder order;
    private int lifetimeSeconds;
    private Places places = (key, one, other) -> true;

    /** Oldest first; those under way are in {@link #running}. */
    private final Map<Wanted, Job> backlog = new LinkedHashMap<>();

    private final Map<Wanted, Job> running = new LinkedHashMap<>();
    private final ArrayDeque<Runnable> waitingForCalm = new ArrayDeque<>();
    private boolean advancing;

    /**
     * @param order            of the writes of this loop
     * @param lifetimeSeconds  of items whose own cannot be known
     */
    public Refills(LoopContext loop, WriteOrder order, int lifetimeSeconds) {
        this.loop = loop;
        this.order = order;
        this.lifetimeSeconds = lifetimeSeconds;
    }

    /**
     * The servers are these from now on: what waits to be copied between others is given up.
     *
     * @param nextPlaces  of the keys; every place is right before it was said
     * @param seconds     lifetime of items whose own cannot be known
     */
    public void change(Places nextPlaces, int seconds) {
        places = nextPlaces;
        lifetimeSeconds = seconds;
    }

    /**
     * Has {@code key} copied, soon. Nothing happens if the target needs no refill then, one of the two does not serve, or
     * the key belongs on others.
     *
     * @return false if too many keys wait; then the key is not copied
     */
    public boolean wanted(Key key, ServerConnection from, ServerConnection to) {
        return wanted(key, from, to, null);
    }

    /**
     * As {@link #wanted(Key, ServerConnection, ServerConnection)}.
     *
     * @param listener  told how it ended, if this returns true; {@link CopyOutcome#FAILED} if nothing was done
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

    /** Whether no more keys are taken now. */
    public boolean isFull() {
        return backlog.size() >= MAX_BACKLOG;
    }

    /** Whether so many keys wait that what can wait should. */
    public boolean isBusy() {
        return backlog.size() >= BUSY_FROM;
    }

    /** Runs {@code resume} once, when it is no longer {@link #isBusy}. */
    public void whenCalm(Runnable resume) {
        waitingForCalm.add(resume);
    }

    /** Keys that wait or are being copied. */
    public int pending() {
        return backlog.size() + running.size();
    }

    /** A copy may end before its start returns, so only the outermost call goes round. */
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

    /** What is thrown costs nobody but the one it befell: the others are still told, and copied. */
    private void isolated(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error defect) {
            loop.threw(defect);
            LOG.error("a refill was broken off by a fault of ours", defect);
        }
    }

    private void begin(Wanted wanted, Job job) {
        if (!makesSense(wanted, job)) {
            tell(job, CopyOutcome.FAILED);
            return;
        }
        running.put(wanted, job);
        int stripe = wanted.key().stripe();
        order.exclusive(stripe, () -> {
            try {
                copyIfItMakesSense(wanted, job, stripe);
            } catch (RuntimeException | Error defect) {
                loop.threw(defect);
                LOG.error("a refill fails by a fault of ours", defect);
                end(wanted, job, stripe, CopyOutcome.FAILED);
            }
        });
    }

    private void copyIfItMakesSense(Wanted wanted, Job job, int stripe) {
        if (makesSense(wanted, job)) {
            copy(wanted, job, stripe);
        } else {
            end(wanted, job, stripe, CopyOutcome.FAILED);
        }
    }

    /** A copy from a server that the key does not belong on any more could bring back what was deleted since. */
    private boolean makesSense(Wanted wanted, Job job) {
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
            return; // a fault has ended it
        }
        order.ended(stripe);
        tell(job, outcome);
        advance();
    }

    private void tell(Job job, CopyOutcome outcome) {
        job.listeners().forEach(listener -> isolated(() -> listener.ended(outcome)));
    }
}
