package io.mempair.proxy.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Which version of what is known of the servers the peers know too. An answer that is right only because a server is
 * {@link ReplicaStatus#OUT} waits until they do: a peer that took over before would trust that server. Any thread.
 */
public final class PeerKnowledge {

    private record AwaitedVersion(long version, Runnable task) {}

    /** From 1 on: peers take 0 for a process that has nothing to tell. */
    private final AtomicLong version = new AtomicLong(1);

    private final List<AwaitedVersion> waiting = new ArrayList<>();
    private volatile long known = 1;
    private volatile @Nullable Runnable listener;

    /** The current version. */
    public long version() {
        return version.get();
    }

    /**
     * From now on versions are known to peers only when {@link #knownTo} says so.
     *
     * @param onChange  runs at each change, on the thread that made it; must not wait
     */
    public void tell(Runnable onChange) {
        listener = onChange;
    }

    /** Something changed; returns the version it has since. */
    long changed() {
        long now = version.incrementAndGet();
        Runnable told = listener;
        if (told == null) {
            knownTo(now);
        } else {
            told.run();
        }
        return now;
    }

    /** The peers know this version and all before it, or there is nobody to tell. */
    public void knownTo(long upTo) {
        List<Runnable> ready = new ArrayList<>();
        synchronized (waiting) {
            known = Math.max(known, upTo);
            waiting.removeIf(one -> {
                boolean over = one.version() <= known;
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

    /** Runs {@code task} once the peers know that version, at once or on the thread that says so; it must not wait. */
    public void whenKnown(long asked, Runnable task) {
        synchronized (waiting) {
            if (asked > known) {
                waiting.add(new AwaitedVersion(asked, task));
                return;
            }
        }
        task.run();
    }
}
