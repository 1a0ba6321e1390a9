package io.mempair.proxy.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Tracks which version of the servers' state the peers have acknowledged. A reply that is correct only because a server
 * is {@link ReplicaStatus#OUT} waits for that acknowledgement: a peer that took over earlier would trust the server. Any
 * thread.
 */
public final class PeerKnowledge {

    private record AwaitedVersion(long version, Runnable task) {}

    /** Starts at 1: peers read 0 as a process without state. */
    private final AtomicLong version = new AtomicLong(1);

    private final List<AwaitedVersion> waiting = new ArrayList<>();
    private final List<AwaitedVersion> waitingForAll = new ArrayList<>();
    private volatile long known = 1;
    private volatile long acknowledged = 1;
    private volatile @Nullable Runnable listener;

    /** The current version. */
    public long version() {
        return version.get();
    }

    /**
     * Registers the listener. From now on a version counts as known only after {@link #knownTo}, and as acknowledged only after
     * {@link #acknowledgedTo}.
     *
     * @param task  runs at each change, on the thread that made it; must not block
     */
    public void onChange(Runnable task) {
        listener = task;
    }

    /** Records a change; returns the new version. */
    long changed() {
        long now = version.incrementAndGet();
        Runnable onChange = listener;
        if (onChange == null) {
            knownTo(now);
            acknowledgedTo(now);
        } else {
            onChange.run();
        }
        return now;
    }

    /** The peers know this version and all earlier ones, or there is no peer. */
    public void knownTo(long upTo) {
        synchronized (waiting) {
            known = Math.max(known, upTo);
        }
        reached(waiting, known);
    }

    /** Every peer that is heard has acknowledged this version, also one that is not waited for elsewhere; or there is none. */
    public void acknowledgedTo(long upTo) {
        synchronized (waitingForAll) {
            acknowledged = Math.max(acknowledged, upTo);
        }
        reached(waitingForAll, acknowledged);
    }

    private static void reached(List<AwaitedVersion> waiting, long upTo) {
        List<Runnable> ready = new ArrayList<>();
        synchronized (waiting) {
            waiting.removeIf(one -> {
                boolean over = one.version() <= upTo;
                if (over) {
                    ready.add(one.task());
                }
                return over;
            });
        }
        ready.forEach(Runnable::run);
    }

    /** Whether the peers know that version. */
    public boolean isKnown(long asked) {
        return asked <= known;
    }

    /** Whether every peer that is heard has acknowledged that version. */
    boolean isAcknowledged(long asked) {
        return asked <= acknowledged;
    }

    /**
     * Runs {@code task} once the peers know that version: at once, or on the thread that calls {@link #knownTo}. It
     * must not block.
     */
    public void whenKnown(long asked, Runnable task) {
        synchronized (waiting) {
            if (asked > known) {
                waiting.add(new AwaitedVersion(asked, task));
                return;
            }
        }
        task.run();
    }

    /** As {@link #whenKnown}, once every peer that is heard has acknowledged that version. */
    void whenAcknowledged(long asked, Runnable task) {
        synchronized (waitingForAll) {
            if (asked > acknowledged) {
                waitingForAll.add(new AwaitedVersion(asked, task));
                return;
            }
        }
        task.run();
    }
}
